/* A signature pad in a form: <form data-signing> with a hidden field "signature" and a [data-pad] holding an <svg><path>. */
(() => {
  "use strict";

  const HEIGHT = 280;
  for (const form of document.querySelectorAll("form[data-signing]")) {
    const pad = form.querySelector("[data-pad]");
    const drawing = pad.querySelector("svg");
    const path = drawing.querySelector("path");
    const field = form.querySelector('[name="signature"]');
    const width = () => Math.round((drawing.clientWidth / drawing.clientHeight) * HEIGHT);
    const write = (strokes) => { field.value = strokes; path.setAttribute("d", strokes); };
    const point = (event) => {
      const box = drawing.getBoundingClientRect();
      const at = (value, most) => Math.max(0, Math.min(most, Math.round((value / box.height) * HEIGHT)));
      return `${at(event.clientX - box.left, width())} ${at(event.clientY - box.top, HEIGHT)}`;
    };
    pad.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button")) return;
      pad.setPointerCapture(event.pointerId);
      drawing.setAttribute("viewBox", `0 0 ${width()} ${HEIGHT}`);
      write(`${field.value}M${point(event)}`);
    });
    pad.addEventListener("pointermove", (event) => {
      const to = point(event);
      if (pad.hasPointerCapture(event.pointerId) && !field.value.endsWith(to)) write(`${field.value}L${to}`);
    });
    pad.querySelector("[data-again]").addEventListener("click", () => write(""));
  }
})();
