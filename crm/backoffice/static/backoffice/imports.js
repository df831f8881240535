// How far an import is: asked every second until the work is done, then the page itself is asked for again.
"use strict";
{
  const section = document.querySelector("[data-progress]");
  const bar = section && section.querySelector("progress");
  const said = section && section.querySelector("[data-said]");

  const ask = async () => {
    try {
      const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const told = await answer.json();
      if (!told.due) {
        window.location.reload();
        return;
      }
      bar.value = told.done;
      if (said.textContent !== told.said) said.textContent = told.said;
    } catch {
      // The server is not there for a moment: asked again.
    }
    window.setTimeout(ask, 1000);
  };
  if (section) window.setTimeout(ask, 1000);
}
