/* Marks that leave a tablet: each is kept on the device until the server has acknowledged it, sent in order, each with
   its own key, so that nothing is lost by a dead network, a reload or a second tap, and nothing is saved twice.
   Other scripts of the page use window.marks; pages without one still send what waits. */
(() => {
  "use strict";

  const says = document.getElementById("marks").dataset;
  const STORE = `marks:${says.account}`;
  const SAVING_SHOWN_MS = 400;
  const ANSWER_WITHIN_MS = 15000;
  const PAUSES_S = [2, 4, 8, 15, 30];

  // What is kept: waiting requests in order, conflicts to be chosen, and what the server refused, by "sheet/aspect"
  const empty = () => ({ queue: [], conflicts: {}, refused: {}, notices: {} });
  let memory = empty();
  let stores = true;
  function load() {
    if (!stores) return memory;
    try {
      return { ...empty(), ...JSON.parse(localStorage.getItem(STORE) || "{}") };
    } catch {
      stores = false;
      return memory;
    }
  }
  // Other tabs write too: always read, change, write
  function change(edit) {
    const kept = load();
    edit(kept);
    memory = kept;
    try {
      localStorage.setItem(STORE, JSON.stringify(kept));
    } catch {
      stores = false;
    }
    tell();
  }

  const listeners = [];
  let trouble = ""; // "", "offline" or "signed-out"
  let sending = false;
  let shownSaving = false;
  let savedAt = "";
  const tell = () => { showSync(); listeners.forEach((listen) => listen(load())); };
  const nameOf = (operation) => `${operation.sheet}/${operation.aspect}`;

  // randomUUID is missing where the page comes over plain http
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const clock = () => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: says.zone }).format(new Date());

  function put(sheet, aspect, value, seen) {
    change((kept) => {
      const name = `${sheet}/${aspect}`;
      delete kept.conflicts[name];
      delete kept.refused[name];
      const waiting = kept.queue.filter((operation) => nameOf(operation) === name);
      const last = waiting.at(-1);
      if (last && !last.tried) Object.assign(last, { value, at: clock() });
      else kept.queue.push({ kind: "mark", sheet, aspect, value, seen: last ? null : seen, key: newKey(), at: clock(), tried: false });
    });
    pump();
  }

  function submit(sheet, signature, seen) {
    change((kept) => {
      kept.queue = kept.queue.filter((operation) => operation.kind !== "submit" || operation.sheet !== sheet);
      kept.queue.push({ kind: "submit", sheet, signature, seen, key: newKey(), at: clock(), tried: false });
      delete kept.notices[sheet];
    });
    pump();
  }

  async function request(operation) {
    const headers = { "X-CSRF-Token": says.csrf, "Idempotency-Key": operation.key };
    const body = new URLSearchParams();
    if (operation.kind === "mark") {
      headers["If-Match"] = `"${operation.seen}"`;
      body.set(operation.value === null ? "clear" : "value", operation.value ?? "1");
    } else {
      body.set("signature", operation.signature);
      for (const [aspect, number] of Object.entries(operation.seen)) body.append("seen", `${aspect}:${number}`);
    }
    const address = operation.kind === "mark" ? `/sheets/${operation.sheet}/marks/${operation.aspect}` : `/sheets/${operation.sheet}/submission`;
    return fetch(address, {
      method: operation.kind === "mark" ? "PUT" : "POST", headers, body, redirect: "manual", cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  }

  let failures = 0;
  let timer = 0;
  async function pump() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    const slow = setTimeout(() => { shownSaving = true; showSync(); }, SAVING_SHOWN_MS);
    try {
      while (load().queue.length) {
        const first = load().queue[0];
        change((kept) => { if (kept.queue[0]?.key === first.key) kept.queue[0].tried = true; });
        const answer = await request(first).catch(() => null);
        const said = answer && (await answer.json().catch(() => null));
        if (!settle(first, answer, said)) {
          timer = setTimeout(pump, PAUSES_S[Math.min(failures++, PAUSES_S.length - 1)] * 1000);
          return;
        }
        failures = 0;
        trouble = "";
      }
    } finally {
      clearTimeout(slow);
      sending = shownSaving = false;
      tell();
    }
  }

  // True when the request is done with, one way or another; false keeps it for another try
  function settle(operation, answer, said) {
    if (!answer || answer.status >= 500 || answer.status === 408 || answer.status === 429) {
      trouble = "offline";
      return false;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      trouble = "signed-out";
      return false;
    }
    if (answer.ok && !said) {
      trouble = "offline"; // a captive portal or a proxy answered, not we
      return false;
    }
    change((kept) => {
      const before = kept.queue.length;
      kept.queue = kept.queue.filter((each) => each.key !== operation.key);
      if (kept.queue.length === before) return; // another tab was faster
      if (operation.kind === "submit") submitted(kept, operation, answer, said);
      else if (answer.ok) saved(kept, operation, said);
      else notSaved(kept, operation, answer, said);
    });
    if (answer.ok) window.dispatchEvent(new CustomEvent(operation.kind === "mark" ? "marks:saved" : "marks:submitted", { detail: { operation, said } }));
    else if (said?.rescore) window.dispatchEvent(new CustomEvent("marks:rescore", { detail: { operation, said } }));
    return true;
  }

  function saved(kept, operation, said) {
    savedAt = said.at;
    for (const each of kept.queue) {
      if (each.kind === "mark" && nameOf(each) === nameOf(operation) && each.seen === null) {
        each.seen = said.number;
        break;
      }
    }
    for (const each of kept.queue) {
      if (each.kind === "submit" && each.sheet === operation.sheet) each.seen[operation.aspect] = said.number;
    }
  }

  // A conflict or a refusal: what came after it for the same aspect goes along, and the sheet is not handed in
  function notSaved(kept, operation, answer, said) {
    const later = kept.queue.filter((each) => each.kind === "mark" && nameOf(each) === nameOf(operation)).at(-1) || operation;
    kept.queue = kept.queue.filter((each) => !(each.kind === "mark" && nameOf(each) === nameOf(operation)));
    if (kept.queue.some((each) => each.kind === "submit" && each.sheet === operation.sheet)) {
      kept.queue = kept.queue.filter((each) => each.kind !== "submit" || each.sheet !== operation.sheet);
      kept.notices[operation.sheet] = says.pendingFirst;
    }
    if (answer.status === 409 && said?.theirs) {
      kept.conflicts[nameOf(operation)] = { mine: later.value, at: later.at, theirs: said.theirs };
    } else {
      kept.refused[nameOf(operation)] = { text: later.value, problem: said?.problem || says.gone };
    }
  }

  function submitted(kept, operation, answer, said) {
    if (answer.ok) delete kept.notices[operation.sheet];
    else kept.notices[operation.sheet] = said?.problem || says.gone;
  }

  const drop = (name) => change((kept) => { delete kept.conflicts[name]; delete kept.refused[name]; });
  const dropNotice = (sheet) => change((kept) => { delete kept.notices[sheet]; });

  const pill = document.getElementById("sync");
  const count = (text, number) => text.replace("#", number);
  function state() {
    const kept = load();
    const conflicts = Object.keys(kept.conflicts).length;
    const refused = Object.keys(kept.refused).length;
    const waiting = kept.queue.length;
    if (conflicts) return ["conflict", "swap", count(says.conflicts, conflicts)];
    if (refused) return ["conflict", "alert", count(says.refusals, refused)];
    if (waiting && trouble === "signed-out") return ["offline", "key", count(says.signedOut, waiting)];
    if (waiting && (trouble === "offline" || !navigator.onLine)) return ["offline", "cloud-off", count(says.offline, waiting)];
    if (waiting && shownSaving) return ["saving", "cloud-up", says.saving];
    if (waiting) return null;
    return savedAt ? ["saved", "cloud-ok", `${says.saved} ${savedAt}`] : ["settled", "", ""];
  }
  let shown = "";
  const asRendered = pill && { className: pill.className, html: pill.innerHTML };
  function showSync() {
    const now = pill && state();
    if (!now || now.join() === shown) return;
    const [kind, icon, text] = now;
    if (kind === "settled") {
      if (shown) Object.assign(pill, { className: asRendered.className, innerHTML: asRendered.html });
      shown = "";
      return;
    }
    shown = now.join();
    pill.className = `sync sync--${kind}`;
    pill.setAttribute("aria-live", kind === "conflict" ? "assertive" : "polite");
    const svg = `<svg class="icon" aria-hidden="true"><use href="${says.icons}#${icon}"/></svg>`;
    pill.innerHTML = svg;
    pill.append(text);
  }

  addEventListener("online", () => { failures = 0; pump(); });
  addEventListener("storage", (event) => { if (event.key === STORE) tell(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) pump(); });
  addEventListener("beforeunload", (event) => { if (!stores && load().queue.length) event.preventDefault(); });

  window.marks = { put, submit, drop, dropNotice, load, says, clock, stores: () => stores, listen: (listener) => listeners.push(listener) };
  document.addEventListener("DOMContentLoaded", () => { tell(); pump(); });
})();
