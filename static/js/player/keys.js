/** What a key means on the recording page. Pure. */

/** Command → its keys; letters compare in lower case. The sheet of keys says what each does. */
export const KEYS = {
  toggle: [" ", "k"],
  back10: ["j"],
  forward10: ["l"],
  back5: ["arrowleft"],
  forward5: ["arrowright"],
  previousLine: ["shift+arrowleft"],
  nextLine: ["shift+arrowright"],
  replayLine: ["r"],
  slower: ["<"],
  faster: [">"],
  normalSpeed: ["\\"],
  find: ["/"],
  follow: ["a"],
  now: ["s"],
  comment: ["c"],
  mute: ["m"],
  nextRecording: ["n"],
  previousRecording: ["p"],
};

const BY_KEY = new Map(Object.entries(KEYS).flatMap(([name, keys]) => keys.map((key) => [key, name])));
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
