/** Which line is spoken at a time, and where a line ends. Pure; starts are seconds in ascending order. */

/** A line lights up this much before its start: the eye needs the time that the ear does not. */
export const AHEAD = 0.3;

/** The last line that has begun at `time`, by binary search; -1 before the first one. */
export function activeLine(starts, time, ahead = AHEAD) {
  const at = time + ahead;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where the line ends: at the next later start, never after the recording, and at least one second long. */
export function lineEnd(starts, index, duration) {
  const start = starts[index];
  let next = index + 1;
  while (next < starts.length && starts[next] <= start) next += 1;
  const end = next < starts.length ? starts[next] : Math.max(duration || 0, start);
  return Math.max(end, start + 1);
}

/** The start that "previous line" or "next line" goes to from a time; null when there is none. */
export function neighbour(starts, time, step) {
  const index = activeLine(starts, time, 0.05) + step;
  return index >= 0 && index < starts.length ? index : null;
}
