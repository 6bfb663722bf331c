/** What an action answers: a note at the foot of the window, said by screen readers too; and copying, which answers with one. */

const SHOWN_FOR = 4000;
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
