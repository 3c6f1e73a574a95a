/* The sheet on a judge's tablet: keypad, answers, states of every aspect, conflicts, read-back and signature.
   A panel score is a list of items beside one keypad; a judgement or a measurement is one fieldset for each aspect,
   entered by its answers, by + and −, or by the keypad that opens under it.
   What is entered goes to window.marks (marks.js), which keeps and sends it. Blank is not zero: clearing goes back to blank. */
(() => {
  "use strict";

  const { marks, earning } = window;
  const { says } = marks;
  const TYPING_PAUSE_MS = 600;
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

  // An item: `number` and `value` are what the server has, `typed` what stands on this tablet (null: blank).
  // `rescore`: the panel was too far apart, and the server has no new entry yet. `answers`: its radio buttons, if any.
  const items = [...entry.querySelectorAll("[data-aspect]")].map((row) => {
    const { aspect, name, max, step, number, value, control, earning: rule, earned, total, rescore, measured } = row.dataset;
    return {
      row, aspect, name, max, step, number: Number(number), value: value === "" ? null : value, typed: undefined, draft: null,
      state: "", problem: "", clash: null, control: control || "points", rule: rule ? JSON.parse(rule) : null, total,
      earned: earned || null, rescore: rescore !== undefined, measured: measured !== undefined,
      answers: [...row.querySelectorAll('input[type="radio"]')],
    };
  });
  const isScore = items.every((item) => item.control === "points");
  const WORLDSKILLS_PLACES = 2;
  const itemOf = new Map(items.map((item) => [item.aspect, item]));
  const nameOf = (item) => `${sheet}/${item.aspect}`;
  const pad = byId("pad");
  let padOpen = isScore;
  let here = items.find((item) => item.rescore) || items.find((item) => item.value === null) || items[0];
  let fresh = true; // the next digit replaces what stands there
  let timer = 0;

  const shownValue = (item) => (item.draft !== null ? item.draft : item.typed !== undefined ? item.typed : item.value);
  const hasRescore = (item) => item.rescore && item.state !== "waiting" && item.state !== "clash";

  // As people say it: yes, the label of a choice, 5 / 6
  function sayValue(item, value) {
    if (value === null || value === "") return "—";
    const label = item.answers.find((answer) => answer.value === value)?.dataset.label;
    return label || (item.total ? `${value} / ${item.total}` : value);
  }

  // The server's figure where it has answered for this very value, else the tablet's own
  function earnedText(item) {
    const value = shownValue(item);
    if (item.state === "saved" && item.draft === null && item.earned !== null) return item.earned;
    const units = item.rule && earning.of(item.rule, value);
    return units === null || item.state === "refused" || item.state === "clash" ? null : earning.text(units, WORLDSKILLS_PLACES);
  }

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
    const again = items.filter(hasRescore);
    byId("sum").replaceChildren(
      make("b", "", count(says.entered, items.length - missing.length, items.length)),
      again.length ? make("span", "c-danger", count(says.rescores, again.length)) : missing.length ? make("span", "", count(says.missing, missing.length)) : make("span", "", says.noneMissing),
    );
    const sign = icon(again.length ? "history" : missing.length ? "ring" : "check");
    sign.classList.toggle("dash", !again.length && missing.length > 0);
    byId("sum").lastChild.prepend(sign);
    drawPad();
    drawBar(missing);
  }

  function drawItem(item) {
    const value = shownValue(item);
    const blank = value === null || value === "" || item.state === "clash";
    const active = item === here;
    if (isScore) drawScore(item, value, blank, active);
    else drawAspect(item, value, blank, active);
    drawMore(item);
    const tick = document.querySelector(`[data-tick="${item.aspect}"]`);
    tick.classList.toggle("is-rescore", hasRescore(item));
    tick.classList.toggle("is-blank", !hasRescore(item) && (blank || item.state === "refused"));
    tick.classList.toggle("is-here", active);
    const again = hasRescore(item) ? [icon("history"), make("span", "visually-hidden", `${says.rescore} `)] : [];
    tick.querySelector("b").replaceChildren(...(blank ? [make("span", "visually-hidden", says.blank), "—"] : [...again, sayValue(item, value)]));
  }

  function drawScore(item, value, blank, active) {
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
  }

  function drawAspect(item, value, blank, active) {
    const { row } = item;
    const again = hasRescore(item);
    row.classList.toggle("is-here", active);
    row.classList.toggle("is-rescore", again);
    row.classList.toggle("is-blank", !again && (blank || item.state === "refused"));
    const [className, sign, text] = again && item.draft === null ? ["st-rescore", "history", says.rescore] : stateOf(item, active);
    const said = make("span", text ? className : "st-blank", text || says.blank);
    if (text) said.prepend(icon(sign));
    row.querySelector("[data-state]").replaceChildren(said);
    row.querySelector("[data-clear]").hidden = blank && item.state !== "refused";
    for (const answer of item.answers) {
      answer.checked = !blank && answer.value === value;
      answer.disabled = item.state === "clash";
    }
    drawReadout(item, value, blank, active);
    drawGot(item, value);
    for (const band of row.querySelectorAll("[data-band]")) {
      const units = blank ? null : earning.units(value);
      const on = units !== null && Number(band.dataset.band) === earning.bandOf(item.rule, units);
      band.classList.toggle("is-on", on);
      if (on) band.setAttribute("aria-current", "true");
      else band.removeAttribute("aria-current");
    }
  }

  function drawReadout(item, value, blank, active) {
    const readout = item.row.querySelector("[data-readout]");
    if (!readout) return;
    const typing = active && item.draft !== null;
    readout.classList.toggle("is-blank", blank && !typing);
    readout.setAttribute("aria-expanded", String(active && padOpen));
    // The element stays: a browser clicks nothing when what the finger came down on is gone
    readout.querySelector("b").replaceChildren(...(typing ? [item.draft, make("i", "caret")] : [blank ? "—" : value]));
  }

  // What it earns; beside a value measured against a target also how far it is off
  function drawGot(item, value) {
    const got = item.row.querySelector("[data-got]");
    if (!got) return;
    const earned = earnedText(item);
    if (earned === null) return got.replaceChildren(says.noMark);
    got.replaceChildren(`${says.earns} `, make("b", "", earned));
    const units = earning.units(value);
    if (item.rule.kind !== "difference" || units === null) return;
    const { distance, off } = earning.away(item.rule, units);
    got.append(` · ${count(says.away, earning.text(distance), earning.text(off, WORLDSKILLS_PLACES))}`);
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
      choice(sayValue(item, mine), `${says.here} ${at}`, says.judge, () => { setServer(item, theirs); marks.put(sheet, item.aspect, mine, theirs.number); }),
      choice(sayValue(item, theirs.value), `${says.there} ${theirs.at}`, theirs.who, () => { setServer(item, theirs); marks.drop(nameOf(item)); }),
    );
    box.append(head, two);
    return box;
  }

  function choice(value, where, who, choose) {
    const button = make("button", "btn");
    button.type = "button";
    const said = make("span", "", where);
    said.append(document.createElement("br"), who);
    button.append(make("b", "", value === "—" ? says.blank : value), said);
    button.addEventListener("click", choose);
    return button;
  }

  function setServer(item, mark) {
    item.number = mark.number;
    item.value = mark.value;
    item.earned = mark.earned ?? null;
    item.rescore = false;
  }

  const keyed = (item) => ["points", "number", "count"].includes(item.control);
  function drawPad() {
    if (!isScore) {
      pad.hidden = !padOpen || !keyed(here);
      if (!pad.hidden && pad.parentNode !== here.row.querySelector(".m-pad")) here.row.querySelector(".m-pad").append(pad);
    }
    const [name, limits] = byId("pad-cap").children;
    name.textContent = here.name;
    limits.textContent = here.measured ? says.measured : count(says.limits, here.max, here.step);
    entry.querySelector('[data-key="up"]').textContent = `+${here.step}`;
    entry.querySelector('[data-key="down"]').textContent = `−${here.step}`;
  }

  // The main button leads to what is to be done next, then to the signature
  let next = null;
  function drawBar(missing) {
    const button = byId("bar-main");
    const clash = items.find((item) => item.state === "clash");
    const wrong = items.find((item) => item.state === "refused");
    const again = items.find(hasRescore);
    next = clash || wrong || again || missing[0] || null;
    const text = clash ? says.solve : wrong ? says.mend : again ? says.nextRescore : next ? says.nextMissing : says.submit;
    button.textContent = count(text, next ? next.name : "");
    byId("bar-msg").textContent = clash ? says.conflictNote : wrong ? wrong.problem : again ? says.rescoreNote : next ? says.blankNote : says.readyNote;
  }

  // The keypad of a form of aspects goes along only with its own key for the next one
  function go(item, withPad = false) {
    if (item !== here) {
      leave();
      padOpen = isScore || (withPad && padOpen);
    }
    here = item;
    fresh = true;
    draw();
    item.row.scrollIntoView({ block: "nearest" });
    document.querySelector(`[data-tick="${item.aspect}"]`).scrollIntoView({ block: "nearest", inline: "nearest" });
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
    if (item.state !== "clash" && item.state !== "refused" && !hasRescore(item) && value === before) draw();
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

  function step(direction) {
    const now = earning.units(shownValue(here));
    if (now === null && direction < 0) return; // minus never turns blank into 0
    const by = earning.units(here.step);
    const to = now === null ? by : now + BigInt(direction) * by;
    if (to < 0n || to > earning.units(here.max)) return;
    fresh = false;
    typed(earning.text(to));
  }

  // Answers: touched, they are saved; by the keys of a keyboard after the pause, as on the way to the third one
  function answer(item, value) {
    clearTimeout(timer);
    item.draft = null;
    commit(item, value);
    draw();
  }
  function move(item, direction) {
    const values = item.answers.map((each) => each.value);
    const place = values.indexOf(shownValue(item));
    if (place < 0 && direction < 0) return; // as minus
    const to = Math.min(values.length - 1, place + direction);
    if (to < 0) return;
    typed(values[to]);
    item.answers[to].focus();
  }

  const acts = {
    back: () => { fresh = false; typed((shownValue(here) ?? "").slice(0, -1)); },
    clear: () => { clearTimeout(timer); here.draft = null; fresh = true; commit(here, null); draw(); },
    up: () => step(1),
    down: () => step(-1),
    next: () => {
      leave();
      const place = items.indexOf(here);
      go([...items.slice(place + 1), ...items.slice(0, place)].find((item) => shownValue(item) === null || hasRescore(item)) || items[(place + 1) % items.length], true);
      if (!isScore) focusOn(here);
    },
  };
  function press(key) {
    if (here.state === "clash") return;
    if (acts[key]) return acts[key]();
    if (here.answers.length) {
      const chosen = here.control === "judgement" ? key : here.control === "choice" ? here.answers[Number(key) - 1]?.value : { 1: here.answers[0].value, 0: "0" }[key];
      if (here.answers.some((each) => each.value === chosen)) answer(here, chosen);
      return;
    }
    const before = fresh ? "" : (shownValue(here) ?? "");
    fresh = false;
    if (before.length < LONGEST) typed(before + key);
  }

  entry.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
    const row = event.target.closest(".item")?.closest("[data-aspect]");
    if (row) go(itemOf.get(row.dataset.aspect));
    if (!isScore && !key) touched(event.target);
  });
  function touched(target) {
    const item = itemOf.get(target.closest("[data-aspect]")?.dataset.aspect);
    if (!item) return;
    const on = (selector) => target.closest(selector);
    if (item !== here && on("button, input")) go(item);
    if (target.matches('input[type="radio"]')) answer(item, target.value);
    else if (on("[data-clear]")) {
      acts.clear();
      focusOn(item);
    } else if (item.state === "clash") return;
    else if (on("[data-set]")) answer(item, on("[data-set]").dataset.set);
    else if (on("[data-nudge]")) step(Number(on("[data-nudge]").dataset.nudge));
    else if (on("[data-readout]")) {
      padOpen = !padOpen;
      draw();
      item.row.scrollIntoView({ block: "nearest" });
    }
  }
  // By Tab the aspect follows the focus; a finger is waited for, or what it came down on would move from under it
  let pointing = false;
  entry.addEventListener("pointerdown", () => { pointing = true; });
  for (const over of ["click", "pointercancel", "keydown"]) document.addEventListener(over, () => { pointing = false; });
  entry.addEventListener("focusin", ({ target }) => {
    const item = !isScore && !pointing && itemOf.get(target.closest("[data-aspect]")?.dataset.aspect);
    if (item && item !== here) go(item);
  });
  const focusOn = (item) => (item.answers.find((each) => each.checked) || item.answers[0] || item.row.querySelector(".item, [data-readout]")).focus({ preventScroll: true });
  document.querySelector(".ticks").addEventListener("click", (event) => {
    const tick = event.target.closest("[data-tick]");
    if (!tick) return;
    event.preventDefault();
    go(itemOf.get(tick.dataset.tick));
    if (!isScore) focusOn(here);
  });
  const keys = { Backspace: "back", Delete: "clear", "+": "up", "-": "down" };
  document.addEventListener("keydown", (event) => {
    if (entry.hidden || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const place = items.indexOf(here) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] || 0);
    if (event.key.startsWith("Arrow") && items[place] && place !== items.indexOf(here)) {
      go(items[place]);
      focusOn(here);
    } else if (here.answers.length && here.state !== "clash" && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      move(here, event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key.startsWith("Arrow") && event.target.matches('input[type="radio"]')) {
      // at either end: the browser would go round to another answer
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
    const write = (selector, text) => { const cell = document.querySelector(selector); if (cell) cell.textContent = text; };
    for (const item of items) {
      const value = shownValue(item);
      write(`[data-read="${item.aspect}"]`, sayValue(item, value));
      write(`[data-read-earned="${item.aspect}"]`, earnedText(item) ?? "—");
      write(`[data-read-text="${item.aspect}"]`, item.answers.find((each) => each.value === value)?.closest("label").querySelector(".opt__text")?.textContent ?? "");
    }
    const earned = items.map((item) => (item.rule ? earning.units(earnedText(item)) : earning.units(shownValue(item))));
    write('[data-read="sum"]', earned.includes(null) ? "—" : earning.text(earned.reduce((sum, each) => sum + each, 0n), isScore ? 0 : WORLDSKILLS_PLACES));
  }
  byId("bar-main").addEventListener("click", () => {
    leave();
    if (!next) return show("sign");
    go(next);
    if (!isScore) focusOn(next);
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
  // The panel is too far apart: the page comes again with what is to be entered again
  addEventListener("marks:rescore", ({ detail: { operation } }) => {
    if (operation.sheet !== sheet) return;
    marks.dropNotice(sheet);
    location.reload();
  });
  addEventListener("marks:submitted", ({ detail: { operation } }) => { if (operation.sheet === sheet) location.reload(); });

  marks.listen((kept) => {
    read(kept);
    if (kept.notices[sheet] && entry.hidden) show("entry");
    draw();
  });
  read(marks.load());
  draw();
  if (!isScore && here.rescore) here.row.scrollIntoView({ block: "nearest" });
})();
