/** What an action answers: a note at the foot of the window, said by screen readers too; and copying, which answers with one. */

const SHOWN_FOR = 4000; // milliseconds
// With something to press in it, and longer while the pointer or the focus is on it.
const UNDO_FOR = 12000;
let hiding;

/** Say a sentence. It goes by itself and takes no focus, so it holds nothing that one must act on. */
export function say(text) {
  document.getElementById("announce").textContent = text;
  let toast = document.querySelector(".toast");
  if (!toast) {
    toast = document.createElement("div");
    toast.className = "toast";
    // The live region has said it.
    toast.setAttribute("aria-hidden", "true");
    document.body.append(toast);
  }
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, SHOWN_FOR);
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
  const place = document.getElementById("messages");
  if (!place?.childElementCount) return;
  const said = [...place.querySelectorAll("[data-message]")].map((each) => each.textContent.trim()).join(" ");
  setTimeout(() => {
    document.getElementById("announce").textContent = said;
  }, 300);
  for (const alert of place.querySelectorAll(":scope > .alert-ok")) goLater(alert);
}
