/* Two tablets on one sheet: each says that it has the sheet open, asks now and then whether it still has, and warns.
   The same question brings word of sheets that are to be scored again, and of this one when it was handed in or opened. */
(() => {
  "use strict";

  const box = document.getElementById("tablet");
  const { sheet, pageState } = box.dataset;
  const { marks } = window;
  const address = `/sheets/${sheet}/tablet`;
  const ASK_EVERY_MS = 20000;
  const WORD = "tablet-word";
  const newWord = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  let word = "";
  try {
    word = localStorage.getItem(WORD) || newWord();
    localStorage.setItem(WORD, word);
  } catch {
    word = word || newWord(); // no storage: a word for this page
  }

  let lost = false; // another tablet has opened the sheet after this one
  const elsewhere = document.getElementById("tablet-elsewhere");
  function warn(at) {
    const since = elsewhere.querySelector("[data-at]");
    since.textContent = at ? since.dataset.at.replace("#", at) : "";
    elsewhere.hidden = false;
  }
  elsewhere.querySelector("[data-hide]").addEventListener("click", () => { elsewhere.hidden = true; });

  function tell(news) {
    if (news.other && !lost) warn(news.at);
    const again = document.getElementById("tablet-rescore");
    again.hidden = !news.rescore.length;
    again.querySelector("[data-links]").replaceChildren(...news.rescore.map(({ sheet: token, form, label }) => (
      Object.assign(document.createElement("a"), { href: `/sheets/${token}`, textContent: `${form} ${label}` })
    )));
    const waits = marks.load().queue.some((each) => each.sheet === sheet);
    if (news.state !== pageState && !waits) location.reload();
  }

  async function ask(method) {
    const options = { method, cache: "no-store", redirect: "manual" };
    const whose = new URLSearchParams({ device: word });
    if (method === "POST") Object.assign(options, { headers: { "X-CSRF-Token": marks.says.csrf }, body: whose });
    const answer = await fetch(method === "POST" ? address : `${address}?${whose}`, options).catch(() => null);
    const news = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!news) return; // offline or signed out: marks.js says so
    tell(news);
    lost = method === "GET" && news.other;
  }

  // Who goes on entering takes the sheet back, so that the other tablet is warned too
  addEventListener("marks:saved", ({ detail: { operation } }) => { if (lost && operation.sheet === sheet) ask("POST"); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask("GET"); });
  setInterval(() => { if (!document.hidden) ask("GET"); }, ASK_EVERY_MS);
  ask(pageState === "open" ? "POST" : "GET");
})();
