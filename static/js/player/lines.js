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

/** A chosen line is still the one that is read while the sound is this near to its start. */
const NEAR = 0.05;

/** The line to light up: the active one, or the chosen one where several begin at the same moment. -1: none yet. */
export function spokenLine(starts, time, chosen = -1, ahead = AHEAD) {
  const active = activeLine(starts, time, ahead);
  const together = starts[chosen] === starts[active] || Math.abs(time - starts[chosen]) <= NEAR;
  return together ? chosen : active;
}

/** The line that "previous line" or "next line" goes to from a time and the line chosen last; null at the ends. */
export function neighbour(starts, time, step, chosen = -1) {
  const index = spokenLine(starts, time, chosen, NEAR) + step;
  return index >= 0 && index < starts.length ? index : null;
}
