// While a new organisation, person or lead is typed: which known record it looks like, and why.
(() => {
  "use strict";
  const FORMS = {
    organisation_form: ["organisation", "name"],
    person_form: ["person", "full_name"],
    lead_form: ["organisation", "working_name"],
  };
  const PAUSE = 300;

  const start = (form, kind, name) => {
    const field = form.elements[name];
    if (!field) return;
    const place = document.createElement("div");
    place.className = "alike";
    place.setAttribute("role", "status");
    place.setAttribute("aria-live", "polite");
    field.after(place);
    const typed = ["website", "email", "kvk", "phone", "phone_0"].map((other) => form.elements[other]).filter(Boolean);
    let timer = 0;
    let asked = 0;

    const show = (answer) => {
      place.replaceChildren(...answer.found.map((known) => {
        const line = document.createElement("p");
        const link = document.createElement("a");
        link.href = known.url;
        link.textContent = known.name;
        line.append(`${answer.label} `, link, ` (${known.why})`);
        return line;
      }));
    };
    const ask = async () => {
      const turn = ++asked;
      const address = new URL("../../../duplicates/like/", window.location.href);
      address.searchParams.set("kind", kind);
      address.searchParams.set("name", field.value.slice(0, 300));
      typed.forEach((other) => address.searchParams.set(other.name, other.value.slice(0, 300)));
      try {
        const response = await fetch(address, { headers: { Accept: "application/json" } });
        // Only the answer to what stands there now; without one the form works as before.
        if (response.ok && turn === asked) show(await response.json());
      } catch (_error) {
        if (turn === asked) place.replaceChildren();
      }
    };
    [field, ...typed].forEach((input) => input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    }));
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.location.pathname.endsWith("/add/")) return;
    Object.entries(FORMS).forEach(([id, [kind, name]]) => {
      const form = document.getElementById(id);
      if (form) start(form, kind, name);
    });
  });
})();
