// The week by keyboard and in place: without this script every form works as well, by a page of its own.
(() => {
  "use strict";

  const week = () => document.getElementById("week");
  if (!week()) return;
  const said = document.getElementById("week-said");
  const links = () => [...week().querySelectorAll("[data-entry-link]")];
  const entryOf = (node) => node && node.closest ? node.closest("[data-entry]") : null;
  const place = () => links().findIndex((link) => entryOf(link) === entryOf(document.activeElement));

  const focusAt = (index) => {
    const all = links();
    if (all.length) all[Math.max(0, Math.min(index, all.length - 1))].focus();
    else document.getElementById("main").focus();
  };

  const faultsOf = (page) => [...page.querySelectorAll(".message.error li, .field .error span")]
    .map((line) => line.textContent.trim()).filter(Boolean);

  // What was done stands above the week too, with its button that takes it back; `said` speaks it once.
  const showMessages = (page) => {
    document.querySelectorAll("#main > div > .messages").forEach((list) => list.parentElement.remove());
    const list = page.querySelector("#main > div > .messages");
    if (!list) return;
    const shown = document.importNode(list.parentElement, true);
    shown.removeAttribute("role");
    document.querySelector("#main .page-head").before(shown);
  };

  // Send a form and put the week that comes back in the place of this one; a refusal is said where it was asked.
  const send = async (form) => {
    const index = place();
    let page;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      form.submit();
      return;
    }
    const fresh = page.getElementById("week");
    if (!fresh) {
      const faults = faultsOf(page);
      const fault = form.querySelector("[data-fault]");
      if (!fault || !faults.length) { form.submit(); return; }
      delete form.dataset.sent;
      fault.textContent = faults.join(" ");
      fault.hidden = false;
      return;
    }
    week().replaceWith(document.importNode(fresh, true));
    const messages = [...page.querySelectorAll(".messages .message p")].map((message) => message.textContent.trim());
    showMessages(page);
    said.textContent = messages.join(" ");
    focusAt(index);
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-in-place]") || event.defaultPrevented) return;
    event.preventDefault();
    send(event.target);
  });

  const go = (name) => {
    const link = document.querySelector(`[data-week="${name}"]`);
    if (link) link.click();
  };

  // A key for one task works only while that task has the focus; none works while somebody types.
  const onEntry = (key, entry) => {
    const target = entry.querySelector(`[data-key="${key}"]`);
    if (!target) return;
    if (target.matches("details")) {
      target.open = true;
      target.querySelector("input[type=date]").focus();
    } else {
      target.requestSubmit();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const entry = entryOf(event.target);
    if (event.key === "Escape" && entry) {
      const open = entry.querySelector("details[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      return;
    }
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog[open], details.menu[open]")) return;
    const acts = {
      j: () => focusAt(place() + 1),
      k: () => focusAt(place() < 0 ? 0 : place() - 1),
      ArrowLeft: () => go("previous"),
      ArrowRight: () => go("following"),
      Home: () => go("present"),
    };
    if (entry) { acts.d = () => onEntry("d", entry); acts.r = () => onEntry("r", entry); }
    if (!(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
