/** Keys on the recording page: which one runs which command, and the sheet that lists them. */
import { addShortcuts, keysEnabled } from "../keys.js";
import { command, rows } from "./keys.js";

/** How long after "g" a letter goes to another page (keys.js of the site), in milliseconds. */
const GOING = 1500;

/** Whether the focus is where a mouse or finger put it: only the keyboard's own focus keeps keys to itself. */
function focusByPointer() {
  let pressed = false;
  let byPointer = false;
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const end of ["pointerup", "pointercancel", "keydown"]) document.addEventListener(end, () => { pressed = false; }, true);
  document.addEventListener("pointerdown", (event) => {
    if (document.activeElement?.contains(event.target)) byPointer = true;
  }, true);
  document.addEventListener("focusin", () => { byPointer = pressed; }, true);
  return () => byPointer;
}

/** Run `commands`, name → function; a name without one leaves its key to the site. */
export function startShortcuts(commands) {
  const byMouse = focusByPointer();
  let going = 0;
  let held = null;
  document.addEventListener("keydown", (event) => {
    const afterG = going > event.timeStamp;
    going = event.key === "g" ? event.timeStamp + GOING : 0;
    if (afterG || document.querySelector("dialog[open]")) return;
    const run = commands[command(event, { off: !keysEnabled(), byMouse: byMouse() })];
    if (!run) return;
    event.preventDefault();
    held = event.key;
    run();
  });
  // A button that a mouse focused would be pressed by the Space that was just used to play.
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && held === " ") event.preventDefault();
    held = null;
  });
  addShortcuts("This recording", rows((name) => name in commands));
}
