/* The sheet on a judge's tablet: keypad, states of every aspect, conflicts, read-back and signature.
   What is typed goes to window.marks (marks.js), which keeps and sends it. Blank is not zero: clearing goes back to blank. */
(() => {
  "use strict";

  const { marks } = window;
  const { says } = marks;
  const TYPING_PAUSE_MS = 600;
  const SCALE = 10000;
  const LONGEST = 9;
  const entry = document.getElementById("entry");
  const sheet = entry.dataset.sheet;
  const byId = (id) => document.getElementById(id);
  const count = (text, number, all) => text.replace("#", number).replace("@", all);
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className: className || "", textContent: text ?? "" });
  const icon = (name) => {
    const box = make("span");
    box.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${says.icons}#${name}"/></svg>`;
    return box.firstChild;
  };

  // An item: `number` and `value` are what the server has, `typed` what stands on this tablet (null: blank)
  const items = [...entry.querySelectorAll("[data-aspect]")].map((row) => {
    const { aspect, name, max, step, number, value } = row.dataset;
    return { row, aspect, name, max, step, number: Number(number), value: value === "" ? null : value, typed: undefined, draft: null, state: "", problem: "", clash: null };
  });
  const itemOf = new Map(items.map((item) => [item.aspect, item]));
  const nameOf = (item) => `${sheet}/${item.aspect}`;
  let here = items.find((item) => item.value === null) || items[0];
  let fresh = true; // the next digit replaces what stands there
  let timer = 0;

  const shownValue = (item) => (item.draft !== null ? item.draft : item.typed !== undefined ? item.typed : item.value);

  // What is kept on the device decides the state of an item
  function read(kept) {
    for (const item of items) {
      const waiting = kept.queue.filter((each) => each.kind === "mark" && each.sheet === sheet && each.aspect === item.aspect).at(-1);
      item.clash = kept.conflicts[nameOf(item)] || null;
      const refused = kept.refused[nameOf(item)];
      item.problem = refused ? refused.problem : "";
      item.typed = waiting ? waiting.value : refused ? refused.text : undefined;
      item.state = item.clash ? "clash" : refused ? "refused" : waiting ? "waiting" : item.value === null ? "blank" : "saved";
    }
    const notice = byId("sheet-notice");
    const text = kept.notices[sheet] || (marks.stores() ? "" : says.noStorage);
    notice.hidden = !text;
    notice.className = "notice notice--warn";
    notice.textContent = text;
  }

  function draw() {
    for (const item of items) drawItem(item);
    const missing = items.filter((item) => shownValue(item) === null || ["clash", "refused"].includes(item.state));
    byId("sum").replaceChildren(
      make("b", "", count(says.entered, items.length - missing.length, items.length)),
      missing.length ? make("span", "", count(says.missing, missing.length)) : make("span", "", says.noneMissing),
    );
    const sign = icon(missing.length ? "ring" : "check");
    sign.classList.toggle("dash", missing.length > 0);
    byId("sum").lastChild.prepend(sign);
    drawPad();
    drawBar(missing);
  }

  function drawItem(item) {
    const value = shownValue(item);
    const blank = value === null || value === "" || item.state === "clash";
    const active = item === here;
    const button = item.row.querySelector(".item");
    button.classList.toggle("is-here", active);
    if (active) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const readout = button.querySelector(".readout");
    readout.classList.toggle("is-blank", (blank && !(active && item.draft !== null)) || item.state === "refused");
    readout.replaceChildren(make("b", "", blank ? "—" : value));
    if (active && item.draft !== null) readout.replaceChildren(make("b", "", item.draft), make("i", "caret"));
    else if (blank) readout.append(make("span", "", item.state === "clash" ? says.choose : says.blank));
    const state = button.querySelector(".item__st");
    const [className, sign, text] = stateOf(item, active);
    state.replaceChildren();
    if (text) {
      const said = make("span", className, text);
      said.prepend(icon(sign));
      state.append(said);
    }
    drawMore(item);
    const tick = document.querySelector(`[data-tick="${item.aspect}"]`);
    tick.classList.toggle("is-blank", blank || item.state === "refused");
    tick.classList.toggle("is-here", active);
    tick.querySelector("b").replaceChildren(...(blank ? [make("span", "visually-hidden", says.blank), "—"] : [value]));
  }

  function stateOf(item, active) {
    if (active && item.draft !== null) return ["c-accent", "pen", says.typing];
    if (item.state === "clash") return ["c-danger", "swap", says.conflict];
    if (item.state === "refused") return ["c-danger", "x", says.refused];
    if (item.state === "waiting") return ["st-wait", "cloud-up", says.waiting];
    if (item.state === "saved") return ["st-saved", "check", says.saved];
    return ["", "", ""];
  }

  // Below an item: the server's reason, or the two values of a conflict. Drawn anew only when it has changed.
  function drawMore(item) {
    const more = item.row.querySelector(".item__more");
    const signature = JSON.stringify([item.problem, item.clash]);
    if (more.dataset.shows === signature) return;
    more.dataset.shows = signature;
    more.replaceChildren();
    if (item.clash) more.append(clashBox(item));
    else if (item.problem) {
      const said = make("p", "error-text item__problem", item.problem);
      said.setAttribute("role", "alert");
      said.prepend(icon("x"));
      more.append(said);
    }
  }

  function clashBox(item) {
    const { mine, at, theirs } = item.clash;
    const box = make("div", "clash");
    box.setAttribute("role", "alert");
    const head = make("p");
    head.append(icon("swap"), make("b", "", says.twoValues), make("span", "", says.trace));
    const two = make("div", "clash__two");
    two.append(
      choice(mine, `${says.here} ${at}`, says.judge, () => { setServer(item, theirs); marks.put(sheet, item.aspect, mine, theirs.number); }),
      choice(theirs.value, `${says.there} ${theirs.at}`, theirs.who, () => { setServer(item, theirs); marks.drop(nameOf(item)); }),
    );
    box.append(head, two);
    return box;
  }

  function choice(value, where, who, choose) {
    const button = make("button", "btn");
    button.type = "button";
    const said = make("span", "", where);
    said.append(document.createElement("br"), who);
    button.append(make("b", "", value ?? says.blank), said);
    button.addEventListener("click", choose);
    return button;
  }

  function setServer(item, mark) {
    item.number = mark.number;
    item.value = mark.value;
  }

  function drawPad() {
    const [name, limits] = byId("pad-cap").children;
    name.textContent = here.name;
    limits.textContent = count(says.limits, here.max, here.step);
    entry.querySelector('[data-key="up"]').textContent = `+${here.step}`;
    entry.querySelector('[data-key="down"]').textContent = `−${here.step}`;
  }

  // The main button leads to what is to be done next, then to the signature
  let next = null;
  function drawBar(missing) {
    const button = byId("bar-main");
    const clash = items.find((item) => item.state === "clash");
    const wrong = items.find((item) => item.state === "refused");
    next = clash || wrong || missing[0] || null;
    const text = clash ? says.solve : wrong ? says.mend : next ? says.nextMissing : says.submit;
    button.textContent = count(text, next ? next.name : "");
    byId("bar-msg").textContent = clash ? says.conflictNote : wrong ? wrong.problem : next ? says.blankNote : says.readyNote;
  }

  function go(item) {
    if (item !== here) leave();
    here = item;
    fresh = true;
    draw();
    item.row.scrollIntoView({ block: "nearest" });
  }

  // Sending: 600 ms after the last key, or when the judge goes on. A number that ends in a point waits for its digits.
  function leave() {
    clearTimeout(timer);
    const { draft } = here;
    if (draft === null) return;
    here.draft = null;
    commit(here, draft === "" ? null : draft);
  }

  function commit(item, value) {
    const before = item.state === "waiting" || item.state === "refused" ? item.typed : item.value;
    if (item.state !== "clash" && item.state !== "refused" && value === before) draw();
    else marks.put(sheet, item.aspect, value, item.clash ? item.clash.theirs.number : item.number);
  }

  function typed(text) {
    here.draft = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (here.draft === null || here.draft.endsWith(".")) return;
      const value = here.draft;
      here.draft = null;
      commit(here, value === "" ? null : value);
      draw();
    }, TYPING_PAUSE_MS);
    draw();
  }

  const units = (text) => Math.round(Number(text) * SCALE);
  const asText = (number) => String(Number((number / SCALE).toFixed(4)));
  function step(direction) {
    const now = shownValue(here);
    const at = now === null || now === "" || Number.isNaN(Number(now)) ? null : units(now);
    if (at === null && direction < 0) return; // minus never turns blank into 0
    const to = at === null ? units(here.step) : at + direction * units(here.step);
    if (to < 0 || to > units(here.max)) return;
    fresh = false;
    typed(asText(to));
  }

  const acts = {
    back: () => { fresh = false; typed((shownValue(here) ?? "").slice(0, -1)); },
    clear: () => { clearTimeout(timer); here.draft = null; fresh = true; commit(here, null); draw(); },
    up: () => step(1),
    down: () => step(-1),
    next: () => {
      leave();
      const place = items.indexOf(here);
      go([...items.slice(place + 1), ...items.slice(0, place)].find((item) => shownValue(item) === null) || items[(place + 1) % items.length]);
    },
  };
  function press(key) {
    if (here.state === "clash") return;
    if (acts[key]) return acts[key]();
    const before = fresh ? "" : (shownValue(here) ?? "");
    fresh = false;
    if (before.length < LONGEST) typed(before + key);
  }

  entry.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
    const row = event.target.closest(".item")?.closest("[data-aspect]");
    if (row) go(itemOf.get(row.dataset.aspect));
  });
  document.querySelector(".ticks").addEventListener("click", (event) => {
    const tick = event.target.closest("[data-tick]");
    if (!tick) return;
    event.preventDefault();
    go(itemOf.get(tick.dataset.tick));
  });
  const keys = { Backspace: "back", Delete: "clear", "+": "up", "-": "down" };
  document.addEventListener("keydown", (event) => {
    if (entry.hidden || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const place = items.indexOf(here) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] || 0);
    if (event.key.startsWith("Arrow") && items[place] && place !== items.indexOf(here)) {
      go(items[place]);
      here.row.querySelector(".item").focus();
    } else if (event.key === "Enter" && !event.target.closest("button, a")) acts.next();
    else if (/^[0-9.,]$/.test(event.key) || keys[event.key]) press(keys[event.key] || event.key);
    else return;
    event.preventDefault();
  });
  addEventListener("pagehide", leave);

  // Read-back and signature
  const views = document.querySelectorAll("[data-view]");
  function show(view) {
    leave();
    views.forEach((part) => { part.hidden = part.dataset.view !== view; });
    document.getElementById("progress").classList.toggle("jnav--sign", view === "sign");
    if (view === "sign") readBack();
    byId("main").scrollTop = 0;
    byId("main").focus({ preventScroll: true });
  }
  function readBack() {
    for (const item of items) document.querySelector(`[data-read="${item.aspect}"]`).textContent = shownValue(item) ?? "—";
    document.querySelector('[data-read="sum"]').textContent = asText(items.reduce((sum, item) => sum + units(shownValue(item)), 0));
  }
  byId("bar-main").addEventListener("click", () => {
    leave();
    if (next) go(next);
    else show("sign");
  });
  byId("bar-back").addEventListener("click", () => show("entry"));

  byId("signing").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const signature = event.target.elements.signature.value || byId("sign-words").value.trim();
    const problem = !signature ? says.signFirst : !byId("read-back").checked ? says.readFirst : "";
    const said = byId("sign-error");
    said.className = problem ? "error-text" : "hint"; // that a signature waits for the network is no mistake
    said.hidden = !problem;
    said.textContent = problem;
    if (problem) return;
    marks.submit(sheet, signature, Object.fromEntries(items.map((item) => [item.aspect, item.number])));
    said.hidden = false;
    said.textContent = says.waitingSubmit;
  });
  addEventListener("marks:saved", ({ detail: { operation, said } }) => {
    const item = operation.sheet === sheet && itemOf.get(operation.aspect);
    if (!item) return;
    setServer(item, said);
    read(marks.load());
    draw();
  });
  addEventListener("marks:submitted", ({ detail: { operation } }) => { if (operation.sheet === sheet) location.reload(); });

  marks.listen((kept) => {
    read(kept);
    if (kept.notices[sheet] && entry.hidden) show("entry");
    draw();
  });
  read(marks.load());
  draw();
})();
