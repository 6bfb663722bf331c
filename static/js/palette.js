// The palette: Ctrl+K (Cmd+K) opens it anywhere, and so does a digit; arrow keys choose, Enter goes there.
/* global htmx */
import { isTyping, keysEnabled } from "./keys.js";

/** The option to choose from `current` of `count`, a step up or down; it goes round. Pure. */
export function chosen(current, step, count) {
  return count === 0 ? -1 : (current + step + count) % count;
}

/** Whether a key begins a phone number: an agent has one at hand more often than anything else. Pure. */
export function beginsNumber(key) {
  return /^[0-9+]$/.test(key);
}

export function startPalette(root = document) {
  const dialog = root.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (at) => {
    for (const [place, option] of options().entries()) option.setAttribute("aria-selected", String(place === at));
    const option = options()[at];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const current = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  let listed = null; // the text for which the list stands
  let awaited = false; // Enter was pressed before its list came
  const go = (option) => {
    if (!option) return;
    dialog.close();
    location.assign(option.dataset.url);
  };
  const open = () => {
    if (dialog.open) return;
    input.value = "";
    listed = null;
    awaited = false;
    list.replaceChildren();
    dialog.showModal();
    htmx.trigger(input, "palette");
  };

  window.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      open();
    } else if (beginsNumber(event.key) && !event.defaultPrevented && !isTyping(event) && keysEnabled()) {
      // The key itself goes on to the input, which has the focus by then.
      open();
    }
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen(current(), event.key === "ArrowDown" ? 1 : -1, options().length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (listed === input.value) go(options()[current()]);
      else awaited = true;
    }
  });
  input.addEventListener("input", () => { awaited = false; });
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
  list.addEventListener("htmx:afterSwap", (event) => {
    listed = new URL(event.detail.xhr.responseURL).searchParams.get("go");
    choose(0);
    if (awaited && listed === input.value) go(options()[0]);
  });
}
