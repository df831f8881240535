// What is typed is kept in this browser until it is saved: per person, page and form. A page left with typed text asks first.
// A form with data-draft="tab" (a strictly confidential lead) keeps it in this tab alone; both go at log-out, all after a week.
(() => {
  "use strict";
  const PREFIX = "desk-draft:";
  const SENT = "desk-sent";
  const PAUSE = 500;
  const LONGEST = 7 * 24 * 60 * 60 * 1000;
  const words = document.getElementById("draft-words");

  // ── what a form holds ─────────────────────────────────────────────────
  const SKIPPED = ["hidden", "password", "file", "submit", "button", "image", "reset", "search"];
  const isField = (element) => element.name && !element.disabled && !SKIPPED.includes(element.type) && element.tagName !== "FIELDSET" && !element.name.includes("__prefix__");
  const fieldsOf = (form) => [...form.elements].filter(isField);
  const chosen = (select, mark) => {
    const picked = [...select.options].filter((option) => option[mark]).map((option) => option.value);
    // A list without a choice of the server's own stands at its first line.
    return picked.length || select.multiple || !select.options.length ? picked : [select.options[0].value];
  };
  const valueOf = (element, asServed) => {
    if (element.tagName === "SELECT") return chosen(element, asServed ? "defaultSelected" : "selected");
    if (element.type === "checkbox" || element.type === "radio") return (asServed ? element.defaultChecked : element.checked) ? [element.value] : [];
    return [asServed ? element.defaultValue : element.value];
  };
  const read = (form, asServed) => fieldsOf(form).reduce((all, element) => {
    all[element.name] = [...(all[element.name] || []), ...valueOf(element, asServed)];
    return all;
  }, {});
  const alike = (one, other) => JSON.stringify(one || []) === JSON.stringify(other || []);
  // Served with what somebody typed: with faults, or after something else was saved first. It is not saved yet.
  const CAME_BACK = ".message.error[role=alert], .message.overtaken";
  const cameBack = (form) => form.matches("[data-typed]") || form.querySelector(CAME_BACK) !== null;
  const isDirty = (form) => {
    if (cameBack(form)) return true;
    const [served, now] = [read(form, true), read(form, false)];
    return Object.keys(now).some((name) => !alike(served[name], now[name]));
  };

  // ── a page left with typed text asks first ────────────────────────────
  const guarded = () => [...document.querySelectorAll("form[data-guard]")];
  window.addEventListener("beforeunload", (event) => {
    if (guarded().some((form) => !form.dataset.leaving && isDirty(form))) event.preventDefault();
  });
  window.addEventListener("pageshow", () => guarded().forEach((form) => { delete form.dataset.leaving; }));
  // On the window, after every script of the page had its say: what a script sends by itself stays on the page.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-guard]")) return;
    form.dataset.leaving = "yes";
    if (words) sent(form);
  });
  if (!words) return;

  // ── what is kept ──────────────────────────────────────────────────────
  const own = `${PREFIX}${words.dataset.user}:`;
  const page = location.pathname + (location.pathname.endsWith("/add/") ? location.search : "");
  const stores = () => [window.localStorage, window.sessionStorage];
  const isStrict = (form) => form.dataset.draft === "tab" || (form.elements.confidentiality && form.elements.confidentiality.value === "strict");
  const keyOf = (form) => `${own}${page}#${form.dataset.draftKey || form.id || guarded().indexOf(form)}`;
  const parsed = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const kept = (key) => stores().map((store) => parsed(store.getItem(key))).find(Boolean) || null;
  const forget = (key) => stores().forEach((store) => store.removeItem(key));
  const labels = (form) => Object.fromEntries(fieldsOf(form).filter((element) => element.tagName === "SELECT").flatMap((select) => [...select.selectedOptions].map((option) => [`${select.name}=${option.value}`, option.textContent.trim()])));
  const totals = (form) => Object.fromEntries([...form.elements].filter((element) => element.name && element.name.endsWith("-TOTAL_FORMS")).map((element) => [element.name, element.value]));
  const keep = (form) => {
    const key = keyOf(form);
    const [served, now, before] = [read(form, true), read(form, false), kept(key)];
    const fields = {};
    Object.keys(now).forEach((name) => {
      const old = before && cameBack(form) ? before.fields[name] : null;
      const was = old ? old.was : served[name] || [];
      if (!alike(was, now[name])) fields[name] = { was, is: now[name] };
    });
    forget(key);
    if (!Object.keys(fields).length) return;
    const draft = { at: Date.now(), title: document.title.split(" · ")[0], url: location.pathname + location.search, fields, labels: labels(form), totals: totals(form) };
    (isStrict(form) ? window.sessionStorage : window.localStorage).setItem(key, JSON.stringify(draft));
  };
  const keepSafely = (form) => { try { keep(form); } catch { /* no storage in this browser: the warning on leaving remains */ } };
  const timers = new Map();
  const later = (event) => {
    const form = event.target.closest && event.target.closest("form[data-guard]");
    if (!form || form.dataset.guard === "only") return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => { timers.delete(form); keepSafely(form); }, PAUSE));
  };
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  const keepAll = () => timers.forEach((timer, form) => { clearTimeout(timer); timers.delete(form); keepSafely(form); });
  window.addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keepAll(); });

  // What was sent is kept until a page says that it was saved: a session may have ended, or the server failed.
  function sent(form) {
    if (form.dataset.guard === "only") return;
    clearTimeout(timers.get(form));
    timers.delete(form);
    try {
      if (isDirty(form)) keep(form);
      window.sessionStorage.setItem(SENT, JSON.stringify([keyOf(form)]));
    } catch { /* no storage */ }
  }
  const settle = () => {
    const keys = parsed(window.sessionStorage.getItem(SENT)) || [];
    const isSaved = document.querySelector(".messages .message.success") && !document.querySelector(".messages .message.error, form .message.error[role=alert], form .message.overtaken, form[data-typed]");
    if (isSaved) keys.forEach(forget);
    window.sessionStorage.removeItem(SENT);
  };
  const sweep = () => stores().forEach((store) => Object.keys(store).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
    const draft = parsed(store.getItem(key));
    const isOthers = store === window.sessionStorage && !key.startsWith(own);
    if (!draft || isOthers || Date.now() - draft.at > LONGEST) store.removeItem(key);
  }));

  // ── what is offered ───────────────────────────────────────────────────
  const said = document.getElementById("draft-said");
  const say = (sentence) => { said.textContent = ""; setTimeout(() => { said.textContent = sentence; }, 50); };
  const moment = (at) => new Date(at).toLocaleString(document.documentElement.lang, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const button = (label, act) => {
    const made = make("button", "button small", label);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const openRows = (form, draft) => Object.entries(draft.totals || {}).forEach(([name, total]) => {
    const field = form.elements[name];
    const add = document.querySelector(`#${CSS.escape(name.replace("-TOTAL_FORMS", "-group"))} .add-row a`);
    for (let turn = 0; field && add && turn < 50 && Number(field.value) < Number(total); turn += 1) add.click();
  });
  const put = (element, values, draft) => {
    if (element.tagName === "SELECT") {
      values.filter((value) => ![...element.options].some((option) => option.value === value)).forEach((value) => {
        element.add(new Option(draft.labels[`${element.name}=${value}`] || value, value));
      });
      [...element.options].forEach((option) => { option.selected = values.includes(option.value); });
      if (window.django && window.django.jQuery) window.django.jQuery(element).trigger("change");
    } else if (element.type === "checkbox" || element.type === "radio") element.checked = values.includes(element.value);
    else element.value = values[0] ?? "";
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const missing = (form, draft) => {
    const now = read(form, false);
    return Object.entries(draft.fields).filter(([name, { is }]) => !alike(now[name], is)).map(([name]) => name);
  };
  const excerpt = (draft) => {
    const texts = Object.entries(draft.fields).flatMap(([name, { is }]) => is.map((value) => draft.labels[`${name}=${value}`] || value));
    const longest = texts.sort((one, other) => other.length - one.length)[0] || "";
    return longest.length > 90 ? `${longest.slice(0, 90)}…` : longest;
  };
  const offer = (form) => {
    const draft = kept(keyOf(form));
    if (!draft || !missing(form, draft).length) return;
    const fold = form.closest("details");
    if (fold) fold.open = true;
    const bar = make("div", "message draft");
    const sentence = words.dataset.found.replace("{moment}", moment(draft.at));
    const text = make("div");
    text.append(make("p", "", sentence), make("p", "second", `“${excerpt(draft)}”`));
    const back = () => {
      openRows(form, draft);
      const names = missing(form, draft);
      const first = fieldsOf(form).filter((element) => names.includes(element.name));
      first.forEach((element) => put(element, draft.fields[element.name].is, draft));
      bar.remove();
      const target = first.find((element) => element.tagName === "TEXTAREA") || first[0];
      if (target) target.focus();
      say(words.dataset.restored);
    };
    const away = () => {
      forget(keyOf(form));
      bar.remove();
      const target = fieldsOf(form)[0];
      if (target) target.focus();
      say(words.dataset.gone);
    };
    const line = make("div", "line");
    const [restore, discard] = [button(words.dataset.restore, back), button(words.dataset.discard, away)];
    discard.classList.add("quiet");
    line.append(restore, discard);
    text.append(line);
    bar.append(text);
    form.prepend(bar);
    say(sentence);
  };
  const list = () => {
    const place = document.querySelector("[data-draft-list]");
    if (!place) return;
    const here = new Set(guarded().map(keyOf));
    const found = stores().flatMap((store) => Object.keys(store).filter((key) => key.startsWith(own) && !here.has(key)).map((key) => [key, parsed(store.getItem(key))]));
    found.sort((one, other) => other[1].at - one[1].at).forEach(([key, draft]) => {
      const row = make("li");
      const line = make("div", "line");
      const link = make("a", "", draft.title);
      link.href = draft.url;
      const discard = button(words.dataset.discard, () => { forget(key); row.remove(); if (!place.querySelector("li")) place.hidden = true; say(words.dataset.gone); });
      discard.classList.add("quiet", "end");
      discard.append(make("span", "sr", `: ${draft.title}`));
      line.append(link, make("span", "meta", moment(draft.at)), discard);
      row.append(line, make("p", "second", `“${excerpt(draft)}”`));
      place.querySelector("ul").append(row);
    });
    place.hidden = found.length === 0;
  };
  document.addEventListener("DOMContentLoaded", () => {
    try {
      settle();
      sweep();
      guarded().filter((form) => form.dataset.guard !== "only").forEach(offer);
      list();
    } catch { /* no storage in this browser */ }
  });
})();
