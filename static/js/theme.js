// Sets the remembered theme before the first paint; a classic script, because a module would run after it.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Storage is switched off: the system's theme it is.
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
