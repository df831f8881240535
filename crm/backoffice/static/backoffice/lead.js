// The lead's page: n goes to the quick entry. Never while somebody types, and never with a modifier.
(() => {
  "use strict";
  const entry = document.querySelector("[data-log-entry]");
  if (!entry) return;
  const typing = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "n" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    entry.querySelector("textarea").focus();
  });
})();
