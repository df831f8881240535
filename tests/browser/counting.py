"""Counts what a hand does: clicks, and keys that do something. Typing and going from field to field are not counted."""

from playwright.sync_api import BrowserContext, Page

# In the page, so that it counts what really arrived. It lives as long as the tab, across pages.
COUNTER = """
(() => {
  const add = () => sessionStorage.setItem("counted", String(Number(sessionStorage.getItem("counted") || 0) + 1));
  const types = (element) => element.closest && element.closest("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]");
  const MOVES = ["Tab", "Shift", "Control", "Alt", "Meta", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
  window.addEventListener("pointerdown", (event) => { if (event.isTrusted) add(); }, true);
  window.addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.repeat || MOVES.includes(event.key)) return;
    const field = types(event.target);
    const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
    const isEditing = ["Backspace", "Delete"].includes(event.key) || (event.key.toLowerCase() === "a" && event.ctrlKey);
    if (field && (isText || isEditing)) return;
    if (field && field.tagName === "TEXTAREA" && event.key === "Enter") return;
    if (!field && event.key === "g") return;  // the first half of a chord such as g b
    add();
  }, true);
})();
"""


class Counter:
    """`with counter.deed("find a lead") as done: …`, then `done.interactions`."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        context.add_init_script(COUNTER)
        self.page = page

    def begin(self) -> None:
        self.page.evaluate("sessionStorage.setItem('counted', '0')")

    @property
    def interactions(self) -> int:
        return int(self.page.evaluate("sessionStorage.getItem('counted') || '0'"))
