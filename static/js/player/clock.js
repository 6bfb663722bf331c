/** How a position in a recording is written, said and read back. Pure. */

/** "12:04", from an hour on "1:02:04". Seconds are cut, not rounded: the clock never runs ahead of the sound. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** "12:04.5": tenths are shown where a time is set by hand. */
export function precise(seconds) {
  const tenths = Math.round(seconds * 10);
  return tenths % 10 ? `${clock(Math.floor(tenths / 10))}.${tenths % 10}` : clock(tenths / 10);
}

const count = (n, unit) => `${n} ${unit}${n === 1 ? "" : "s"}`;

/** "12 minutes 4 seconds", as a screen reader should say it; zero parts are left out, "0 seconds" is not. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = whole % 60;
  const parts = [];
  if (h) parts.push(count(h, "hour"));
  if (m) parts.push(count(m, "minute"));
  if (s || !parts.length) parts.push(count(s, "second"));
  return parts.join(" ");
}

/** Seconds of "754.2", "12:34" or "1:02:03.5"; null for anything else. */
export function parse(text) {
  const match = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,6})?)\s*$/.exec(text ?? "");
  if (!match) return null;
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
}

/** Where a link asks to start: {t, end, q}; t and end in seconds or null, end only when after t. */
export function selectedSpan(search) {
  const query = new URLSearchParams(search);
  const t = parse(query.get("t"));
  const end = parse(query.get("end"));
  return { t, end: t !== null && end !== null && end > t ? end : null, q: query.get("q") ?? "" };
}

/** What remains to listen to, in seconds of the listener's own time at this speed. */
export function left(position, duration, speed) {
  return Math.max(0, duration - position) / speed;
}
