/** Finding words in the transcript: literal, case and diacritics folded. Pure. */

export const SHORTEST = 2;

const MARKS = /\p{M}/u;

/** The folded text: lower case without diacritics. `map` gives for each folded unit the offset it came from. */
export function folded(text, withMap = false) {
  if (!withMap) return text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
  let out = "";
  const map = [];
  let offset = 0;
  for (const char of text) {
    for (const part of char.normalize("NFD")) {
      if (MARKS.test(part)) continue;
      const lower = part.toLowerCase().replace(/\p{M}+/gu, "");
      for (let i = 0; i < lower.length; i += 1) map.push(offset);
      out += lower;
    }
    offset += char.length;
  }
  map.push(text.length);
  return { text: out, map };
}

/** Each match as {line, start, end}: offsets into the texts as they were given. Overlaps are not counted. */
export function matches(texts, query, foldedTexts = texts.map((text) => folded(text))) {
  const needle = folded(query.trim());
  const found = [];
  if (needle.length < SHORTEST) return found;
  foldedTexts.forEach((hay, line) => {
    if (!hay.includes(needle)) return;
    const { text, map } = folded(texts[line], true);
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
      const last = at + needle.length - 1;
      // The end is where the character after the match begins, past the marks that folding dropped.
      let end = map[last + 1];
      if (end === map[last]) end = nextOffset(map, last);
      found.push({ line, start: map[at], end });
    }
  });
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
  if (folded(query.trim()).length < SHORTEST) return "";
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
  return [...new Set([query, ...phrases, ...words])].filter((words) => words.trim().length >= SHORTEST);
}
