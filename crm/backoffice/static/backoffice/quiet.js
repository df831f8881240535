// The quiet list by hand: j and k walk the rows, Enter opens one; other reasons show while the pointer is on them.
(() => {
  "use strict";
  const list = document.querySelector("[data-quiet]");
  if (!list) return;
  const rows = [...list.querySelectorAll("[data-row]")];
  let here = -1;

  const isTyping = (target) => Boolean(target.closest && target.closest("input, textarea, select, [contenteditable], dialog, [role='combobox']"));
  const walk = (step) => {
    const focused = rows.findIndex((row) => row.contains(document.activeElement));
    if (focused >= 0) here = focused;
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
    here = Math.min(Math.max(next, 0), rows.length - 1);
    rows.forEach((row, place) => row.classList.toggle("here", place === here));
    rows[here].focus();
    rows[here].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target)) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      walk(event.key === "j" ? 1 : -1);
    }
    // Enter on a link or button inside the row is that link's own; on the row itself it opens the record.
    if (event.key === "Enter" && rows.includes(document.activeElement)) {
      event.preventDefault();
      document.activeElement.querySelector("[data-row-link]").click();
    }
  });

  list.querySelectorAll("details.others").forEach((others) => {
    let byPointer = false;
    others.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "mouse" || others.open) return;
      byPointer = true;
      others.open = true;
    });
    others.addEventListener("pointerleave", () => {
      if (byPointer) others.open = false;
      byPointer = false;
    });
    // A click keeps open what the pointer had opened.
    others.querySelector("summary").addEventListener("click", (event) => {
      if (!byPointer) return;
      event.preventDefault();
      byPointer = false;
    });
  });

  // A form that opens takes the focus in its first field, and Escape closes it and goes back to its button.
  list.querySelectorAll("details.deal").forEach((deal) => {
    deal.querySelector("summary").addEventListener("click", () => setTimeout(() => {
      const field = deal.open && deal.querySelector("form :is(select, textarea, input:not([type=hidden]))");
      if (field) field.focus();
    }, 0));
    deal.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !deal.open) return;
      deal.open = false;
      deal.querySelector("summary").focus();
    });
  });
  const failed = list.querySelector("details.deal[open] .field.wrong :is(select, textarea, input)");
  // After the page went to the row, which takes the focus as the address's target.
  if (failed) window.addEventListener("load", () => setTimeout(() => failed.focus(), 0));
})();
