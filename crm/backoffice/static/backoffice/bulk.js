// While bulk work runs its page follows it: the state is fetched anew until it is finished, then the page itself.
(() => {
  "use strict";
  const PAUSE = 2000;

  const follow = async () => {
    const here = document.querySelector("#bulk-state[data-running]");
    if (!here) return;
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const there = page.getElementById("bulk-state");
        if (there && !there.hasAttribute("data-running")) { window.location.reload(); return; }
        if (there) ["[role=status]", "progress"].forEach((part) => { here.querySelector(part).replaceWith(there.querySelector(part)); });
      }
    } catch {
      // The line was away for a moment: the next turn asks again.
    }
    setTimeout(follow, PAUSE);
  };
  setTimeout(follow, PAUSE);
})();
