// The lead's page: n goes to the quick entry, m moves to the next stage. Never while somebody types, and never with a modifier.
(() => {
  "use strict";
  const entry = document.querySelector("[data-log-entry]");
  if (!entry) return;
  const typing = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  // Who comes to log contact, by Shift+Enter in the search or by "Record it", types at once.
  if (location.hash === "#entry") window.addEventListener("load", () => setTimeout(() => entry.querySelector("textarea").focus(), 0));
  const moveNow = document.querySelector("[data-move-now]");
  document.addEventListener("keydown", (event) => {
    if (!["n", "m"].includes(event.key) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "m") {
      const target = moveNow ? moveNow.querySelector("button") : document.querySelector(".actions [href*='/do/move/']");
      if (target) { event.preventDefault(); target.click(); }
      return;
    }
    event.preventDefault();
    entry.querySelector("textarea").focus();
  });
})();
