// Keys that work on every page: / for search, ? for the sheet of keys, g and a letter to go somewhere, Ctrl+Enter to send.

import { draw } from "./shortcuts.js";

const STORE = "keys-off";
const sections = [];

/** Add a section to the sheet: its title and rows of [label, [key, …]]. A page's own stand before what is everywhere. */
export function addShortcuts(title, rows) {
  sections.unshift([title, rows]);
  const sheet = document.querySelector("#keys .keys");
  if (sheet) draw(sheet, sections);
}

/** What holds on every page. */
function everywhere() {
  const links = [...document.querySelectorAll("a[data-go]")];
  const goes = links.map((link) => [link.textContent.trim(), [`g+${link.dataset.go}`]]);
  const search = document.querySelector("[data-global-search]") ? [["Search all transcripts", ["/"]]] : [];
  return [...search, ...goes, ["Go to anything", ["Ctrl+K"]], ["Find a caller’s calls", ["0–9"]], ["Submit a comment or form", ["Ctrl+Enter"]], ["Undo the last action", ["Ctrl+Z"]], ["Keyboard shortcuts", ["?"]]];
}

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
  return target.isContentEditable || target.matches("input:not([type=range], [type=checkbox], [type=radio]), textarea, select") || target.closest("dialog[open]") !== null;
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
  addShortcuts("Everywhere", everywhere());
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
