/** What leaves the page as text: "Speaker: text" without timestamps, and a quote with its link. Pure. */

/** Lines of {speaker, text} as one text, a line each. */
export function plain(lines) {
  const said = lines.filter(({ text }) => text.trim());
  return said.map(({ speaker, text }) => (speaker ? `${speaker}: ${text.trim()}` : text.trim())).join("\n");
}

/** A link to a moment or a span of the page at `base`. */
export function link(base, t, end = null) {
  const url = new URL(base);
  url.search = "";
  url.hash = "";
  url.searchParams.set("t", String(Math.round(t * 10) / 10));
  if (end !== null && end > t) url.searchParams.set("end", String(Math.round(end * 10) / 10));
  return url.href;
}

/** The quote that one pastes into a ticket. */
export const quote = (lines, href) => `${plain(lines).split("\n").map((line) => `> ${line}`).join("\n")}\n${href}`;
