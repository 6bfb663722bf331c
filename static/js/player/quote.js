/** What leaves the page as text: "Speaker: text" without timestamps, and a quote with its link. Pure. */

/** Lines of {speaker, text} as one text, a line each. */
export function plain(lines) {
  const said = lines.filter(({ text }) => text.trim());
  return said.map(({ speaker, text }) => (speaker ? `${speaker}: ${text.trim()}` : text.trim())).join("\n");
}

/** The stretch of `text` from `start` to `end`, {start, end}, grown to whole words: one seldom selects to the letter. */
export function wholeWords(text, start, end, language) {
  if (start >= end || !Intl.Segmenter) return { start, end };
  const words = new Intl.Segmenter(language || undefined, { granularity: "word" }).segment(text);
  const first = words.containing(start);
  const last = words.containing(end - 1);
  return {
    start: first.isWordLike ? first.index : start,
    end: last.isWordLike ? last.index + last.segment.length : end,
  };
}

/** As exact as Sinch's timestamps: a tenth could fall before the line that is meant. */
const hundredths = (seconds) => String(Math.round(seconds * 100) / 100);

/** A link to a moment or a span of the page at `base`. */
export function link(base, t, end = null) {
  const url = new URL(base);
  url.search = "";
  url.hash = "";
  url.searchParams.set("t", hundredths(t));
  if (end !== null && end > t) url.searchParams.set("end", hundredths(end));
  return url.href;
}

/** The quote that one pastes into a ticket. */
export const quote = (lines, href) => `${plain(lines).split("\n").map((line) => `> ${line}`).join("\n")}\n${href}`;
