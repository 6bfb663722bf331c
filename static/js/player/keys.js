/** What a key means on the recording page. Pure. */

/** One list: what the keys do, and what the sheet of shortcuts says. Each row: label, and command → its keys. */
export const SHORTCUTS = [
  ["Play or pause", { toggle: ["Space", "k"] }],
  ["Back, forward 10 seconds", { back10: ["j"], forward10: ["l"] }],
  ["Back, forward 5 seconds", { back5: ["ArrowLeft"], forward5: ["ArrowRight"] }],
  ["Previous, next line", { previousLine: ["Shift+ArrowLeft"], nextLine: ["Shift+ArrowRight"] }],
  ["Replay the line", { replayLine: ["r"] }],
  ["Set selection start, end", { setA: ["["], setB: ["]"] }],
  ["Loop the selection or this line", { loop: ["o"] }],
  ["Clear selection", { clearSpan: ["Delete", "Backspace"] }],
  ["Slower, faster, back to 1×", { slower: ["<"], faster: [">"], normalSpeed: ["\\"] }],
  ["Skip silence", { skip: ["x"] }],
  ["Zoom the waveform in, out", { zoomIn: ["+", "="], zoomOut: ["-"] }],
  ["Mute", { mute: ["m"] }],
  ["Find in the transcript", { find: ["/"] }],
  ["Next, previous match", { nextMatch: ["Enter"], previousMatch: ["Shift+Enter"] }],
  ["Turn Follow on or off", { follow: ["a"] }],
  ["Jump to playback position", { now: ["s"] }],
  ["Comment here", { comment: ["c"] }],
  ["Mark as played or not played", { played: ["h"] }],
  ["Next, previous recording of the list", { nextRecording: ["n"], previousRecording: ["p"] }],
];

/** Keys that another part of the page answers: find, while its box has the focus. */
const ELSEWHERE = new Set(["nextMatch", "previousMatch"]);
const BY_KEY = new Map(
  SHORTCUTS.flatMap(([, commands]) => Object.entries(commands))
    .filter(([name]) => !ELSEWHERE.has(name))
    .flatMap(([name, keys]) => keys.map((key) => [key === "Space" ? " " : key.toLowerCase(), name])),
);
/** Signs that many keyboards reach only with Option or AltGr. */
const WITH_ALT = new Set(["[", "]", "\\"]);
const TYPED_INTO = "input, textarea, select, [contenteditable]";
const POINTED_AT = "input[type=range], input[type=checkbox], input[type=radio]";
const OWN_KEYS = `${TYPED_INTO}, button, a[href], summary, [role=slider], [role=menuitem], audio, video`;

/** Whether a key belongs to the control that has the focus. One that a mouse put there keeps none: one clicked it. */
function owned(target, byMouse) {
  if (!byMouse) return Boolean(target?.closest?.(OWN_KEYS));
  return Boolean(target?.closest?.(TYPED_INTO)) && !target.closest(POINTED_AT);
}

/**
 * The command of a keydown, or null. `off` switches single letters and signs off, but no arrow and no space;
 * `byMouse`: the focus is where a mouse put it.
 */
export function command(event, { off = false, byMouse = false } = {}) {
  const plain = event.key.toLowerCase();
  const alt = (event.altKey || event.getModifierState?.("AltGraph")) && !WITH_ALT.has(plain);
  if (alt || event.metaKey || (event.ctrlKey && !event.altKey) || event.isComposing || event.defaultPrevented) return null;
  if (owned(event.target, byMouse)) return null;
  const key = event.shiftKey && plain.startsWith("arrow") ? `shift+${plain}` : plain;
  if (off && plain.length === 1 && plain !== " ") return null;
  return BY_KEY.get(key) ?? null;
}

/** The rows of the sheet for the commands that this page has: [label, [key, …]]. */
export function rows(available) {
  return SHORTCUTS.map(([label, commands]) => [label, commands])
    .filter(([, commands]) => Object.keys(commands).some((name) => available(name)))
    .map(([label, commands]) => [label, Object.values(commands).flat()]);
}
