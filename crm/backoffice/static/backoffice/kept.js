// On pages without forms of the desk: says that a text is kept where one is, and forgets all of them at log-out.
(() => {
  "use strict";
  const PREFIX = "desk-draft:";
  const SENT = "desk-sent";
  const stores = () => [window.localStorage, window.sessionStorage];
  try {
    if (document.querySelector("[data-forget-drafts]")) {
      stores().forEach((store) => Object.keys(store).filter((key) => key.startsWith(PREFIX)).forEach((key) => store.removeItem(key)));
      window.sessionStorage.removeItem(SENT);
    }
    const sent = JSON.parse(window.sessionStorage.getItem(SENT) || "[]");
    const isKept = sent.some((key) => stores().some((store) => store.getItem(key)));
    document.querySelectorAll("[data-kept]").forEach((place) => { place.hidden = !isKept; });
  } catch { /* no storage in this browser: nothing is promised */ }
})();
