// The desk's behaviour: menus that close, dialogs, the theme, confirmations, the count of chosen rows. No inline handlers.
(() => {
  "use strict";

  // Menus are <details>: one open at a time, closed by Escape, by a click elsewhere and when focus leaves.
  const menus = () => document.querySelectorAll("details.menu[open], details.chip-menu[open]");
  document.addEventListener("click", (event) => {
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("focusin", (event) => {
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // Dialogs: data-open names one, data-close closes the one it stands in, a click on the scrim closes too.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.open);
      if (dialog) dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.querySelectorAll("dialog[data-open-now]").forEach((dialog) => dialog.showModal());

  // Theme: remembered in this browser.
  const choices = document.querySelectorAll("[data-theme-choice]");
  const mark = () => choices.forEach((choice) => {
    choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === window.deskTheme.read()));
  });
  choices.forEach((choice) => choice.addEventListener("click", () => {
    window.deskTheme.store(choice.dataset.themeChoice);
    mark();
  }));
  mark();

  // Forms: a second click sends nothing twice. That a page left with typed text asks first is in drafts.js.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Lists: the bar for chosen rows shows itself when a row is chosen.
  const bulk = document.querySelector(".bulk");
  if (bulk) {
    const boxes = [...document.querySelectorAll("input.action-select")];
    const toggle = document.getElementById("action-toggle");
    const count = bulk.querySelector("[data-count]");
    // Once every row of the page is chosen, all rows as filtered are offered too, those of other pages included.
    const all = bulk.querySelector("[data-all]");
    const across = bulk.querySelector("[data-across]");
    const allBox = all && all.querySelector("input");
    const refresh = () => {
      const chosen = boxes.filter((box) => box.checked);
      bulk.hidden = chosen.length === 0;
      if (all) {
        all.hidden = chosen.length === 0 || chosen.length < boxes.length;
        if (all.hidden) allBox.checked = false;
        across.value = allBox.checked ? "1" : "0";
      }
      count.textContent = allBox && allBox.checked ? allBox.dataset.words : String(chosen.length);
      boxes.forEach((box) => box.closest("tr").classList.toggle("on", box.checked));
      if (toggle) {
        toggle.checked = chosen.length > 0 && chosen.length === boxes.length;
        toggle.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
      }
    };
    boxes.forEach((box) => box.addEventListener("change", refresh));
    if (toggle) toggle.addEventListener("change", () => { boxes.forEach((box) => { box.checked = toggle.checked; }); refresh(); });
    if (all) allBox.addEventListener("change", refresh);
    bulk.querySelector("[data-clear]").addEventListener("click", () => { boxes.forEach((box) => { box.checked = false; }); refresh(); });
    window.addEventListener("pageshow", refresh);
    refresh();
  }

  // Suggestions (select2) carry the label of their field, and so does the box that one types in.
  const label = (select) => {
    const text = select.id && document.querySelector(`label[for="${select.id}"]`);
    const container = select.nextElementSibling;
    if (!text || !container || !container.classList.contains("select2")) return;
    text.id = text.id || `${select.id}_label`;
    const combobox = container.querySelector("[role='combobox']");
    const shown = container.querySelector(".select2-selection__rendered");
    if (combobox) combobox.setAttribute("aria-labelledby", [text.id, shown && shown.id].filter(Boolean).join(" "));
    if (shown) ["title", "role", "aria-readonly"].forEach((name) => shown.removeAttribute(name));
    const field = container.querySelector(".select2-search__field");
    if (field) field.setAttribute("aria-labelledby", text.id);
  };
  const labelAll = (root) => root.querySelectorAll("select.admin-autocomplete").forEach(label);
  document.addEventListener("DOMContentLoaded", () => {
    const $ = window.django && window.django.jQuery;
    if (!$) return;
    $(() => {
      labelAll(document);
      $(document).on("select2:open", (event) => {
        const text = document.querySelector(`label[for="${event.target.id}"]`);
        const field = document.querySelector(".select2-container--open .select2-search--dropdown .select2-search__field");
        if (text && field) { field.setAttribute("aria-label", text.textContent.trim()); field.focus(); }
      });
      $(document).on("change select2:select select2:unselect", "select.admin-autocomplete", (event) => label(event.target));
    });
  });
  document.addEventListener("formset:added", (event) => setTimeout(() => labelAll(event.target), 0));
})();
