// The clock of the big screen, in the contest's zone. It stays out of the fetched part, so that an unchanged result
// is answered 304 and nothing on the screen moves.
(() => {
  "use strict";

  const show = () => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock });
      if (clock.textContent !== time) clock.textContent = time;
    }
  };
  setInterval(show, 1000);
  document.addEventListener("htmx:after:swap", show);
  show();
})();
