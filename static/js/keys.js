// Keys that work on every page: / for search, ? for the sheet of keys, g and a letter to go somewhere, Ctrl+Enter to send.

const STORE = "keys-off";

/** True while single-letter keys are switched on (WCAG 2.1.4 wants them to be switchable). */
export function keysEnabled() {
  try {
    return localStorage.getItem(STORE) !== "1";
  } catch {
    return true;
  }
}

/** True when a key press belongs to a control or to the browser, not to us. */
export function isTyping(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return true;
  const target = event.target;
  if (!(target instanceof Element)) return false;
  return target.isContentEditable || target.matches("input, textarea, select") || target.closest("dialog[open]") !== null;
}

/** Listen on `window`, after the page's own listeners: a page that handles a key calls preventDefault. */
export function startKeys() {
  let going = 0;
  const sheet = document.getElementById("keys");
  const box = document.querySelector("[data-keys-switch]");
  if (box) {
    box.checked = keysEnabled();
    box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "0" : "1"));
  }
  window.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement) {
      event.target.form?.requestSubmit();
      return;
    }
    if (event.defaultPrevented || isTyping(event) || !keysEnabled()) return;
    if (going > event.timeStamp) {
      going = 0;
      const link = document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (event.key === "g") going = event.timeStamp + 1500;
    else if (event.key === "/") {
      // A page with a search of its own has it after the one in the head.
      const search = [...document.querySelectorAll("[data-global-search]")].at(-1);
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && sheet) {
      event.preventDefault();
      sheet.showModal();
    }
  });
}
