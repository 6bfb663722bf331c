/** What an action answers: a note at the foot of the window, said by screen readers too; and copying, which answers with one. */

const SHOWN_FOR = 4000; // milliseconds
// With something to press in it, and longer while the pointer or the focus is on it.
const UNDO_FOR = 12000;
let hiding;
let undoing = null;

/**
 * Say a sentence. It goes by itself and takes no focus. With `undo`, a function, it stays longer and has a button that
 * runs it, as Ctrl+Z does outside of what one types into.
 */
export function say(text, undo = null) {
  document.getElementById("announce").textContent = undo ? `${text} Press Ctrl+Z to undo.` : text;
  const toast = document.querySelector(".toast") ?? newToast();
  undoing = undo;
  toast.replaceChildren(text);
  toast.classList.toggle("has-undo", undo !== null);
  // The live region has said it; what can be pressed may not be hidden from anyone.
  if (undo) toast.removeAttribute("aria-hidden");
  else toast.setAttribute("aria-hidden", "true");
  if (undo) toast.append(undoButton());
  toast.hidden = false;
  hideLater(toast);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !undoing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  undoLast();
});

/** Undo what the note at the foot of the window offers to undo. */
function undoLast() {
  const undo = undoing;
  if (!undo) return;
  undoing = null;
  document.querySelector(".toast").hidden = true;
  undo();
}

function hideLater(toast) {
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    toast.hidden = true;
    undoing = null;
  }, undoing ? UNDO_FOR : SHOWN_FOR);
}

function newToast() {
  const toast = document.createElement("div");
  toast.className = "toast";
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(hiding));
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, () => hideLater(toast));
  document.body.append(toast);
  return toast;
}

function undoButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = "Undo";
  button.title = "Undo (Ctrl+Z)";
  button.addEventListener("click", undoLast);
  return button;
}

/** Copy a text and say so. */
export async function copy(text, said = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    say(said);
  } catch {
    // Also where there is no clipboard at all: browsers have one only on https and on one's own machine.
    say("This browser didn’t allow copying. Select the text and press Ctrl+C.");
  }
}

/** Let a message of success go by itself, unless somebody is about to press what is in it. */
function goLater(alert) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-small toast-close";
  close.textContent = "Dismiss";
  close.addEventListener("click", () => alert.remove());
  alert.append(close);
  let timer = setTimeout(() => alert.remove(), UNDO_FOR);
  const stay = () => clearTimeout(timer);
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => alert.remove(), UNDO_FOR);
  };
  for (const kind of ["pointerenter", "focusin"]) alert.addEventListener(kind, stay);
  for (const kind of ["pointerleave", "focusout"]) alert.addEventListener(kind, leave);
}

/** What the page came with: said, which a live region does not do for what it is loaded with, and cleared later. */
export function startToasts() {
  showToasts();
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id === "messages") showToasts();
  });
}

function showToasts() {
  const place = document.getElementById("messages");
  if (!place?.childElementCount) return;
  const said = [...place.querySelectorAll("[data-message]")].map((each) => each.textContent.trim()).join(" ");
  setTimeout(() => {
    document.getElementById("announce").textContent = said;
  }, 300);
  for (const alert of place.querySelectorAll(":scope > .alert-ok")) goLater(alert);
}
