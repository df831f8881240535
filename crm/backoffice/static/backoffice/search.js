// Search everywhere and the desk's keys: a combobox in a dialog, and single keys that never fire while somebody types.
(() => {
  "use strict";
  const finder = document.getElementById("finder");
  const help = document.getElementById("key-help");
  if (!finder || !help) return;
  const box = finder.querySelector("[role='combobox']");
  const list = document.getElementById("finder-list");
  const said = document.getElementById("finder-say");
  const WAIT = 150;
  let asked = 0;
  let timer = 0;
  let running = null;

  // ── the list under the box ────────────────────────────────────────────
  const options = () => [...list.querySelectorAll("[role='option']")];
  const chosen = () => list.querySelector("[aria-selected='true']");
  const choose = (option) => {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) { box.removeAttribute("aria-activedescendant"); return; }
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const show = (html) => {
    list.innerHTML = html;  // our own page, escaped by its template
    const words = list.querySelector("template[data-say]");
    said.textContent = words ? words.content.textContent.trim() : "";
    const found = options();
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    choose(found[0]);
  };
  // The answer to the last question wins, however late an earlier one comes in.
  const ask = async () => {
    const mine = ++asked;
    const text = box.value;  // not the box's text when the answer comes: somebody may have typed on
    if (running) running.abort();
    running = new AbortController();
    try {
      const query = new URLSearchParams({ part: "list", q: text });
      const answer = await fetch(`${finder.dataset.url}?${query}`, { signal: running.signal, headers: { Accept: "text/html" } });
      if (answer.redirected) { window.location.reload(); return; }  // logged out meanwhile
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine === asked) { show(html); finder.dataset.answered = text; }
    } catch (error) {
      if (error.name === "AbortError" || mine !== asked) return;
      show("");
      said.textContent = said.dataset.failed;
    }
  };
  const later = () => { delete finder.dataset.answered; clearTimeout(timer); timer = setTimeout(ask, WAIT); };
  const follow = (option, event) => {
    if (!option) return;
    // With Shift a lead opens at its quick entry, to log contact at once.
    const isLead = option.dataset.url.includes("/acquisition/lead/");
    if (event.shiftKey && isLead) window.location.assign(`${option.dataset.url}#entry`);
    else if (event.ctrlKey || event.metaKey) window.open(option.dataset.url, "_blank", "noopener");
    else window.location.assign(option.dataset.url);
  };
  const open = () => {
    if (document.querySelector("dialog[open]:not(#finder)")) return;
    if (!finder.open) finder.showModal();
    box.focus();
    box.select();
    ask();
  };
  box.addEventListener("input", later);
  box.addEventListener("keydown", (event) => {
    const found = options();
    const place = found.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!found.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(found[(place + step + found.length) % found.length]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (finder.dataset.answered === box.value) { follow(chosen(), event); return; }
      // Enter before the answer: wait for it, and open its first.
      clearTimeout(timer);
      ask().then(() => { if (finder.dataset.answered === box.value) follow(chosen(), event); });
    }
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role='option']");
    if (option && option !== chosen()) choose(option);
  });
  list.addEventListener("click", (event) => follow(event.target.closest("[role='option']"), event));
  document.querySelectorAll("[data-search-open]").forEach((link) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  }));

  // ── keys ──────────────────────────────────────────────────────────────
  const KEY = "desk-keys";
  const on = document.getElementById("keys-on");
  const areOn = () => {
    try { return localStorage.getItem(KEY) !== "off"; } catch { return true; }
  };
  on.checked = areOn();
  on.addEventListener("change", () => {
    try { localStorage.setItem(KEY, on.checked ? "on" : "off"); } catch { /* private mode: nothing is remembered */ }
  });
  document.querySelectorAll("[data-keys-open]").forEach((opener) => opener.addEventListener("click", () => help.showModal()));
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable=''], [contenteditable='true']") !== null;
  const places = { t: help.dataset.home, l: help.dataset.leads, b: help.dataset.board };
  let went = 0;
  document.addEventListener("keydown", (event) => {
    if (!areOn() || event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const afterG = event.timeStamp - went < 1500;
    if (went && afterG && places[event.key]) {
      event.preventDefault();
      window.location.assign(places[event.key]);
    } else if (event.key === "/") {
      event.preventDefault();
      open();
    } else if (event.key === "c" && document.querySelector("[data-quick-add]")) {
      event.preventDefault();
      const menu = document.querySelector("[data-quick-add]");
      menu.open = true;
      menu.querySelector("a").focus();
    } else if (event.key === "z" && document.querySelector("[data-undo]")) {
      event.preventDefault();
      document.querySelector("[data-undo]").click();
    } else if (event.key === "?") {
      event.preventDefault();
      help.showModal();
    }
    went = event.key === "g" ? event.timeStamp : 0;
  });
})();
