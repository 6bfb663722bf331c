/** What a key means on the recording page. Pure. */

/** Key → [command, what the sheet says]; letters compare in lower case. */
export const KEYS = [
  { keys: [" ", "k"], shown: "Space or K", command: "toggle", says: "Play or pause" },
  { keys: ["j"], shown: "J", command: "back10", says: "Back 10 seconds" },
  { keys: ["l"], shown: "L", command: "forward10", says: "Forward 10 seconds" },
  { keys: ["arrowleft"], shown: "←", command: "back5", says: "Back 5 seconds" },
  { keys: ["arrowright"], shown: "→", command: "forward5", says: "Forward 5 seconds" },
  { keys: ["shift+arrowleft"], shown: "Shift ←", command: "previousLine", says: "Previous line" },
  { keys: ["shift+arrowright"], shown: "Shift →", command: "nextLine", says: "Next line" },
  { keys: ["r"], shown: "R", command: "replayLine", says: "Replay the line" },
  { keys: ["<"], shown: "<", command: "slower", says: "Slower by 0.25" },
  { keys: [">"], shown: ">", command: "faster", says: "Faster by 0.25" },
  { keys: ["\\"], shown: "\\", command: "normalSpeed", says: "Back to 1×" },
  { keys: ["/"], shown: "/", command: "find", says: "Find in the transcript; Enter and Shift Enter move, Esc closes" },
  { keys: ["a"], shown: "A", command: "follow", says: "Follow on or off" },
  { keys: ["s"], shown: "S", command: "now", says: "Jump to now" },
  { keys: ["c"], shown: "C", command: "comment", says: "Comment here" },
  { keys: ["m"], shown: "M", command: "mute", says: "Mute or unmute" },
  { keys: ["n"], shown: "N", command: "nextRecording", says: "Next recording of the list" },
  { keys: ["p"], shown: "P", command: "previousRecording", says: "Previous recording of the list" },
  { keys: ["?"], shown: "?", command: "sheet", says: "This sheet" },
];

const BY_KEY = new Map(KEYS.flatMap((entry) => entry.keys.map((key) => [key, entry.command])));
const OWN_KEYS = "button, a[href], input, textarea, select, summary, [contenteditable], [role=slider], [role=menuitem], audio, video";

/** The command of a keydown, or null. `off` switches single letters and signs off, but no arrow and no space. */
export function command(event, { off = false } = {}) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return null;
  if (event.target?.closest?.(OWN_KEYS)) return null;
  const plain = event.key.toLowerCase();
  const key = event.shiftKey && plain.startsWith("arrow") ? `shift+${plain}` : plain;
  if (off && plain.length === 1 && plain !== " ") return null;
  return BY_KEY.get(key) ?? null;
}
