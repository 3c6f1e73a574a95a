/* The page shell: menus, dialogs, confirmation, busy and unsaved forms, toasts, polling. Attributes only, no inline code:
   data-dialog="id"  data-close  data-confirm="question" data-confirm-note="…"  data-dismiss  data-menu  data-print
   data-autosubmit (form)  data-guard (form; "dirty" when shown again with errors)  data-download (form or button)
   data-check-all="name"  data-rows (tbody: arrow keys move between rows)  data-poll="seconds" with hx-trigger="poll" */
(() => {
  "use strict";

  const on = (event, listener, options) => document.addEventListener(event, listener, options);
  const byId = (id) => document.getElementById(id);

  // Refused actions can be focused and read, not pressed
  on("click", (event) => {
    if (event.target.closest('[aria-disabled="true"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // Asking first: own dialog for forms, buttons, links and hx-confirm
  function ask(question, note, verb, danger) {
    const dialog = byId("confirm");
    const yes = dialog.querySelector('[value="yes"]');
    byId("confirm-text").textContent = question;
    byId("confirm-note").textContent = note || "";
    byId("confirm-note").parentElement.hidden = !note;
    yes.textContent = verb;
    yes.className = danger ? "btn btn--danger" : "btn btn--primary";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }
  const askFor = (element, question) =>
    ask(question, element.dataset.confirmNote, element.textContent.trim(), element.classList.contains("btn--danger"));

  const answered = new WeakSet();
  on("submit", (event) => {
    const form = event.target;
    const submitter = event.submitter || form.querySelector('[type="submit"]') || form;
    const asking = submitter.dataset.confirm ? submitter : form;
    if (!asking.dataset.confirm || answered.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submitter.dataset.confirmNote ||= form.dataset.confirmNote || "";
    askFor(submitter, asking.dataset.confirm).then((yes) => {
      if (!yes) return;
      answered.add(form);
      form.requestSubmit(event.submitter);
    });
  }, true);
  on("click", (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link) return;
    event.preventDefault();
    askFor(link, link.dataset.confirm).then((yes) => { if (yes) location.assign(link.href); });
  });
  on("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx.confirm) return;
    event.preventDefault();
    const source = ctx.sourceEvent?.submitter || ctx.sourceElement;
    askFor(source, ctx.confirm).then((yes) => (yes ? issueRequest() : dropRequest()));
  });

  // Dialogs, menus, dismissal, printing
  on("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const opener = at("[data-dialog]");
    if (opener) byId(opener.dataset.dialog).showModal();
    if (at("[data-close]")) at("dialog").close();
    if (at("[data-dismiss]")) at(".notice, .toast").remove();
    if (at("[data-print]")) print();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const menuButton = () => document.querySelector("[data-menu]");
  function showNavigation(open) {
    const button = menuButton();
    if (!button) return;
    byId("sidenav").classList.toggle("is-open", open);
    byId("main").inert = open;
    button.setAttribute("aria-expanded", String(open));
  }
  on("click", (event) => {
    if (!event.target.closest("[data-menu]")) return;
    event.preventDefault();
    showNavigation(menuButton().getAttribute("aria-expanded") !== "true");
  });
  matchMedia("(max-width: 640px)").addEventListener("change", () => showNavigation(false));
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (menuButton()?.getAttribute("aria-expanded") === "true") {
      showNavigation(false);
      menuButton().focus();
    }
  });

  // Forms: once only, busy while sending, unsaved work is not lost silently
  const typed = (form) => new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, v.name ?? v])).toString();
  const guarded = new Map();
  const guard = () => {
    for (const form of document.querySelectorAll("form[data-guard]")) {
      if (!guarded.has(form)) guarded.set(form, form.dataset.guard === "dirty" ? null : typed(form));
    }
  };
  addEventListener("beforeunload", (event) => {
    for (const [form, before] of guarded) {
      if (form.isConnected && typed(form) !== before) event.preventDefault();
    }
  });

  const busy = (element, state) => {
    if (state) element.setAttribute("aria-busy", "true");
    else element.removeAttribute("aria-busy");
  };
  on("submit", (event) => {
    const form = event.target;
    guarded.delete(form);
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[data-download]")) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    busy(form, true);
    const button = event.submitter || form.querySelector('[type="submit"]');
    if (!button || button.matches("[data-download]")) {
      busy(form, false);
      return;
    }
    setTimeout(() => busy(button, true)); // after the browser has read the form
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy], form .btn[aria-busy]").forEach((e) => busy(e, false)));

  on("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && !event.target.matches('[type="search"], [type="text"]')) form.requestSubmit();
    const all = event.target.dataset?.checkAll;
    if (all) {
      const boxes = event.target.closest("table, form").querySelectorAll(`input[name="${CSS.escape(all)}"]`);
      boxes.forEach((box) => { box.checked = event.target.checked; });
    }
  });

  on("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = step && event.target.closest("[data-rows] > tr");
    if (!row || event.target.matches("input, select, textarea")) return;
    const rows = [...row.parentElement.children];
    const next = rows[rows.indexOf(row) + step]?.querySelector("a, button");
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  // Toasts: those of the server come out of band into #toasts, those of a failed request are made here
  const toasts = byId("toasts");
  function toast(text) {
    const box = toasts.querySelector("template").content.cloneNode(true);
    box.querySelector("span").textContent = text;
    toasts.append(box);
  }
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (!node.matches?.(".toast:not(.toast--danger)")) continue;
      const leave = () => (node.matches(":hover, :focus-within") ? setTimeout(leave, 3000) : node.remove());
      setTimeout(leave, 8000);
    }
  }).observe(toasts, { childList: true });

  // htmx. A form with errors (422) and a conflict (409, 412) are shown where they belong; any other refusal
  // (another status, or one the server sends with HX-Reswap: none) is a toast.
  on("htmx:response:error", ({ detail: { ctx } }) => {
    const inPlace = [409, 412, 422].includes(ctx.response.status) && ctx.hx.reswap !== "none";
    if (ctx.hx.redirect || ctx.hx.retarget || inPlace) return;
    ctx.hx.reswap = "none";
    const said = new DOMParser().parseFromString(ctx.text, "text/html").body.textContent.replace(/\s+/g, " ").trim();
    if (!ctx.sourceElement.matches("[data-poll]")) toast(said.slice(0, 200) || toasts.dataset.failed);
  });
  on("htmx:error", ({ detail: { ctx } }) => {
    if (ctx && !ctx.response && !ctx.sourceElement.matches("[data-poll]")) toast(toasts.dataset.offline);
  });
  const sender = ({ ctx }) => ctx.sourceEvent?.submitter || ctx.sourceElement;
  on("htmx:before:request", ({ detail }) => busy(sender(detail), true));
  on("htmx:finally:request", ({ detail }) => busy(sender(detail), false));

  // Polling: asks with the ETag of the last answer; an unchanged answer (304) doubles the pause up to six times
  const tags = new Map();
  const waiting = new WeakMap();
  function schedule(element, pause) {
    waiting.set(element, pause);
    setTimeout(() => {
      if (!element.isConnected) return;
      if (document.hidden) on("visibilitychange", () => schedule(element, 0), { once: true });
      else htmx.trigger(element, "poll");
    }, pause * 1000);
  }
  function watch() {
    for (const element of document.querySelectorAll("[data-poll]")) {
      if (!waiting.has(element)) schedule(element, Number(element.dataset.poll));
    }
  }
  on("htmx:config:request", ({ detail: { ctx } }) => {
    const tag = ctx.sourceElement.matches("[data-poll]") && tags.get(ctx.sourceElement.getAttribute("hx-get"));
    if (tag) ctx.request.headers["If-None-Match"] = tag;
  });
  on("htmx:finally:request", ({ detail: { ctx } }) => {
    const element = ctx.sourceElement;
    if (!element.matches("[data-poll]")) return;
    const tag = ctx.response?.headers.get("ETag");
    if (tag) tags.set(element.getAttribute("hx-get"), tag);
    if (ctx.response?.status === 200) return; // the new fragment starts afresh
    const base = Number(element.dataset.poll);
    if (element.isConnected) schedule(element, Math.min(base * 6, (waiting.get(element) || base) * 2));
  });

  const refresh = () => { guard(); watch(); };
  on("htmx:after:swap", refresh);
  refresh();
})();
