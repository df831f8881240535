// Applies the remembered theme before the first paint. Light, dark, or as the system says.
(() => {
  "use strict";
  const KEY = "desk-theme";
  const root = document.documentElement;
  const read = () => {
    try { return localStorage.getItem(KEY) || "system"; } catch { return "system"; }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(read());
  window.deskTheme = {
    read,
    store(theme) {
      try { localStorage.setItem(KEY, theme); } catch { /* private mode: it holds for this page alone */ }
      apply(theme);
    },
  };
})();
