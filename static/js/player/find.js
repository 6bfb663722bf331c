/** Finding words in the transcript: literal, letters folded as search folds them. Pure. */

import { APOSTROPHES, DROPPED, LETTERS, TRANSLITERATIONS } from "./letters.js";

const SHORTEST = 2;
// Of scripts in which one character may be a word.
const WORDY = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Whether so little can be looked for. */
function isEnough(words) {
  return words.length >= SHORTEST || WORDY.test(words);
}

const CLUSTER = /\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu;
const LEFT_OUT = new RegExp(`[${DROPPED.map(([low, high]) => `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`).join("")}${APOSTROPHES}]`, "gu");
const DIGIT = /\p{Nd}/u;
const FURTHER_DIGITS = /(?![0-9])\p{Nd}/gu;
const PLAIN = /^[\x00-\x26\x28-\x5f\x61-\x7e]*$/; // ASCII without apostrophes

/** The ASCII digit of a digit in any script: each script has its ten one after another. */
function digit(char) {
  const code = char.codePointAt(0);
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function foldCluster(cluster) {
  const bare = cluster.normalize("NFKD").replace(LEFT_OUT, "");
  const apart = bare.toUpperCase().toLowerCase().normalize("NFKD").replace(LEFT_OUT, "");
  const letters = [...apart.normalize("NFC")].map((char) => LETTERS[char] ?? char).join("");
  return letters.replace(FURTHER_DIGITS, digit);
}

/** The same for those who have no key for some letters: "Køb" is "koeb". */
function transliterate(cluster) {
  const lower = cluster.normalize("NFC").toLowerCase();
  return foldCluster(TRANSLITERATIONS[lower] ?? lower);
}

/** The folded text. `map` gives for each folded unit the offset it came from. */
export function folded(text, withMap = false, fold = foldCluster) {
  if (!withMap && PLAIN.test(text)) return text.toLowerCase();
  let out = "";
  const map = [];
  for (const cluster of text.matchAll(CLUSTER)) {
    const letters = fold(cluster[0]);
    for (let i = 0; i < letters.length; i += 1) map.push(cluster.index);
    out += letters;
  }
  map.push(text.length);
  return withMap ? { text: out, map } : out;
}

/** The ways in which a text can be written, each once: folded, and with "ø" as "oe". */
export function forms(text) {
  return PLAIN.test(text) ? [text.toLowerCase()] : [...new Set([folded(text), folded(text, false, transliterate)])];
}

/** Each match as {line, start, end}: offsets into the texts as they were given. Overlaps are not counted. */
export function matches(texts, query, formsOfTexts = texts.map((text) => forms(text))) {
  const needles = forms(query.trim());
  if (!isEnough(needles[0])) return [];
  return formsOfTexts.flatMap((hays, line) => {
    const spans = [];
    for (let form = 0; form < Math.max(hays.length, needles.length); form += 1) {
      const [hay, needle] = [hays[form] ?? hays[0], needles[form] ?? needles[0]];
      if (hay.includes(needle)) spans.push(...places(texts[line], needle, hays[form] && form ? transliterate : foldCluster));
    }
    spans.sort((one, other) => one.start - other.start || other.end - one.end);
    let last = 0;
    return spans.filter(({ start, end }) => start >= last && (last = end)).map((span) => ({ line, ...span }));
  });
}

/** Where a folded needle stands in a text that is folded in one way. */
function places(original, needle, fold) {
  const { text, map } = folded(original, true, fold);
  const found = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    const last = at + needle.length - 1;
    // The end is where the character after the match begins, past the marks that folding dropped.
    let end = map[last + 1];
    if (end === map[last]) end = nextOffset(map, last);
    found.push({ start: map[at], end });
  }
  return found;
}

function nextOffset(map, index) {
  let next = index + 1;
  while (next < map.length - 1 && map[next] === map[index]) next += 1;
  return map[next];
}

/** The match to go to from `current`, around the ends; -1 when there is none. */
export function step(current, total, direction) {
  return total ? (current + direction + total) % total : -1;
}

/** The match to begin with: the first in or after the line that one reads. */
export function nearest(found, line) {
  const index = found.findIndex((match) => match.line >= line);
  return found.length ? Math.max(index, 0) : -1;
}

/** "3 of 15", "No match", or nothing while there is too little to look for. */
export function summary(query, current, total) {
  if (!isEnough(folded(query.trim()))) return "";
  return total ? `${current + 1} of ${total}` : "No match";
}

/**
 * What to look for when a search brought one here, best first: a search may hold operators, find is literal.
 * The whole as it is, then its phrases, then its words, the longest first.
 */
export function wordsOf(query) {
  const phrases = [...query.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  const rest = query.replace(/"[^"]*"/g, " ").split(/[\s()]+/);
  const words = rest
    .filter((word) => word && !/^(AND|OR|NOT|NEAR(\/\d+)?)$/.test(word) && !/^-|^\w+:/.test(word))
    .map((word) => word.replace(/^\+|[*~]+$/g, ""))
    .sort((a, b) => b.length - a.length);
  return [...new Set([query, ...phrases, ...words])].filter((words) => isEnough(words.trim()));
}
