// Counts beside the names of kept views: asked for after the list is there, so that it never waits for them.
(() => {
  "use strict";
  const place = document.querySelector(".views[data-counts]");
  if (!place) return;
  const language = document.documentElement.lang;
  fetch(place.dataset.counts, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : { counts: {} }))
    .then(({ counts }) => {
      place.querySelectorAll("[data-view]").forEach((mark) => {
        const count = counts[mark.dataset.view];
        if (count === undefined || count === null) return;
        mark.textContent = count.toLocaleString(language);
        mark.hidden = false;
      });
    })
    .catch(() => {}); // the list is there without them
})();
