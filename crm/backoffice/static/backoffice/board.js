// The board: cards are moved by mouse, by the menu of a card, or by `m`; the server decides, and the card follows.
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;
  const said = document.getElementById("board-said");
  const toast = document.getElementById("board-toast");
  const words = board.dataset;
  const lanes = () => [...board.querySelectorAll("ol[data-place]")];
  const laneOf = (place) => board.querySelector(`ol[data-place="${CSS.escape(place)}"]`);
  const fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };

  // ── what was said ─────────────────────────────────────────────────────
  const say = (sentence) => { said.textContent = ""; setTimeout(() => { said.textContent = sentence; }, 50); };
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet small";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };
  const show = (sentence, { bad = false, undo = null } = {}) => {
    toast.replaceChildren(document.createTextNode(sentence));
    toast.classList.toggle("bad", bad);
    if (undo) toast.append(button(words.takeBackWord, () => takeBack(undo)));
    toast.append(button(words.closeWord, () => { toast.hidden = true; }));
    toast.hidden = false;
    say(sentence);
  };

  // ── asking the server ─────────────────────────────────────────────────
  // After a new log-in in another tab this page's token is old: the refusal brings a new one, and it is sent once more.
  const post = async (url, body, isSecond = false) => {
    const token = board.querySelector("[name=csrfmiddlewaretoken]");
    body.set("csrfmiddlewaretoken", token.value);
    try {
      const headers = { "X-Requested-With": "fetch" };
      const answer = await fetch(url + location.search, { method: "POST", body, headers, credentials: "same-origin" });
      const said = await answer.json();
      if (!said.token || isSecond) return { status: answer.status, ...said };
      token.value = said.token;
      return await post(url, body, true);
    } catch {
      return { status: 0, sentence: words.noAnswer };
    }
  };
  const heads = (given) => Object.entries(given || {}).forEach(([place, html]) => {
    const head = board.querySelector(`[data-head="${CSS.escape(place)}"]`);
    if (head) head.innerHTML = html;
  });
  // Where the server says the lead stands, there the card goes; a folded column keeps no cards.
  const settle = (card, answer, focus) => {
    heads(answer.heads);
    const lane = laneOf(answer.where);
    const fresh = fragment(answer.card);
    if (!lane || lane.closest(".folded")) {
      card.remove();
      if (focus) board.focus();
      return;
    }
    if (card.isConnected && card.parentElement === lane) card.replaceWith(fresh);
    else { card.remove(); lane.prepend(fresh); }
    if (focus) fresh.querySelector(".card-name").focus();
    fresh.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // ── one move ──────────────────────────────────────────────────────────
  const place = (card, origin) => {
    if (origin) origin.lane.insertBefore(card, origin.next && origin.next.parentElement === origin.lane ? origin.next : null);
  };
  const move = async (card, to, origin, focus, fields = null, dialog = null) => {
    const body = fields || new FormData();
    body.set("lead", card.dataset.lead);
    body.set("from", card.dataset.place);
    body.set("to", to);
    body.set("version", card.dataset.version);
    card.classList.add("waits");
    const answer = await post(words.move, body);
    card.classList.remove("waits");
    if (answer.panel) { ask(card, to, origin, focus, answer.panel, dialog); return; }
    if (dialog && answer.status !== 200 && answer.status !== 409) {
      // Nothing was moved: what was typed in the panel stays there.
      delete dialog.querySelector("form").dataset.sent;
      const fault = dialog.querySelector("[data-refused]");
      fault.textContent = answer.sentence || words.noAnswer;
      fault.hidden = false;
      return;
    }
    if (dialog) { dialog.dataset.done = "yes"; dialog.close(); }
    if (answer.status === 200 || answer.status === 409) {
      settle(card, answer, focus);
      show(answer.sentence, { bad: answer.status === 409, undo: answer.undo });
      return;
    }
    place(card, origin);
    if (focus) card.querySelector(".card-name").focus();
    show(answer.sentence || words.noAnswer, { bad: true });
  };
  const ask = (card, to, origin, focus, html, previous) => {
    if (previous) { previous.dataset.done = "yes"; previous.close(); }
    const dialog = fragment(html);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.dataset.done) return;
      place(card, origin);
      card.querySelector(".card-name").focus();
      show(words.nothingMoved);
    });
    dialog.addEventListener("click", (event) => { if (event.target.closest("[data-put-back]")) dialog.close(); });
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      move(card, to, origin, focus, new FormData(event.target), dialog);
    });
    dialog.showModal();
    const first = dialog.querySelector("[aria-invalid=true], .panel-body input:not([type=hidden]), .panel-body select");
    if (first) first.focus();
  };
  const takeBack = async (undo) => {
    const body = new FormData();
    Object.entries(undo).forEach(([name, value]) => body.set(name, value));
    const answer = await post(words.takeBack, body);
    if (answer.card) settle(board.querySelector(`.lane-card[data-lead="${undo.lead}"]`) || document.createElement("li"), answer, true);
    show(answer.sentence || words.noAnswer, { bad: answer.status !== 200 });
  };

  // ── by mouse and finger ───────────────────────────────────────────────
  let origin = null;
  const sortable = (lane) => new window.Sortable(lane, {
    group: "board", draggable: ".lane-card.movable", sort: false, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 5,
    delay: 200, delayOnTouchOnly: true, animation: 0,
    onStart: (event) => { closeMenu(); origin = { lane: event.from, next: event.item.nextElementSibling }; board.classList.add("dragging"); },
    onMove: (event) => { lanes().forEach((other) => other.closest(".lane").classList.toggle("target-lane", other === event.to)); },
    onEnd: (event) => {
      board.classList.remove("dragging");
      lanes().forEach((other) => other.closest(".lane").classList.remove("target-lane"));
      if (event.to !== event.from) move(event.item, event.to.dataset.place, origin, false);
    },
  });
  if (window.Sortable) lanes().forEach(sortable);

  // ── by keyboard and by the card's menu ────────────────────────────────
  let menu = null;
  const closeMenu = (back) => {
    if (!menu) return;
    const { list, card, grip } = menu;
    menu = null;
    list.remove();
    grip.setAttribute("aria-expanded", "false");
    if (back) card.querySelector(".card-name").focus();
  };
  const openMenu = (card) => {
    closeMenu();
    const grip = card.querySelector(".grip");
    if (!grip) return;
    const list = document.createElement("div");
    list.className = "board-menu";
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", `${words.menuWord}: ${card.dataset.name}`);
    lanes().filter((lane) => lane.dataset.place !== card.dataset.place).forEach((lane) => {
      const item = document.createElement("button");
      item.type = "button";
      item.tabIndex = -1;
      item.setAttribute("role", "menuitem");
      item.dataset.to = lane.dataset.place;
      item.textContent = lane.dataset.label;
      list.append(item);
    });
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-to]");
      if (!item) return;
      closeMenu(true);
      move(card, item.dataset.to, { lane: card.parentElement, next: card.nextElementSibling }, true);
    });
    document.getElementById("main").append(list);
    const at = grip.getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${Math.max(8, Math.min(at.bottom, innerHeight - list.offsetHeight - 8))}px`;
    grip.setAttribute("aria-expanded", "true");
    menu = { list, card, grip };
    list.firstElementChild.focus();
  };
  board.addEventListener("click", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    openMenu(grip.closest(".lane-card"));
  });
  document.addEventListener("click", (event) => { if (menu && !menu.list.contains(event.target)) closeMenu(); });
  board.addEventListener("scroll", () => closeMenu(), true);
  document.addEventListener("keydown", (event) => {
    if (menu) {
      const items = [...menu.list.children];
      const here = items.indexOf(document.activeElement);
      const next = { ArrowDown: (here + 1) % items.length, ArrowUp: (here - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
      if (next !== undefined) { event.preventDefault(); items[next].focus(); return; }
      if (event.key === "Escape") { event.preventDefault(); closeMenu(true); say(words.nothingMoved); }
      if (event.key === "Tab") { event.preventDefault(); closeMenu(true); }
      return;
    }
    if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey) return;
    const active = document.activeElement;
    const card = active && !active.matches("input, select, textarea") ? active.closest(".lane-card.movable") : null;
    if (card) { event.preventDefault(); openMenu(card); }
  });

  // ── the rest of a column ──────────────────────────────────────────────
  board.addEventListener("click", async (event) => {
    const more = event.target.closest(".lane-more");
    if (!more || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const lane = more.closest(".lane");
    const shown = lane.querySelectorAll(".lane-card").length;
    try {
      const page = await (await fetch(more.getAttribute("href").split("#")[0], { credentials: "same-origin" })).text();
      const whole = new DOMParser().parseFromString(page, "text/html").querySelector(`#${lane.id} ol`);
      lane.querySelector("ol").replaceChildren(...whole.children);
      more.remove();
      const first = lane.querySelectorAll(".lane-card")[shown];
      if (first) first.querySelector(".card-name").focus();
    } catch {
      location.href = more.href;
    }
  });
})();
