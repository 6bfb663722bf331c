/** Where a player loads a recording anew, because the browser cannot find its way in the file. Pure. Times in seconds. */

/** The places of `data-parts` ("0 20.1 40.2": where each part begins); `exact`: each second of a part is a place. */
export const places = (parts, exact) => ({ starts: (parts || "0").split(" ").map(Number), exact });

/** Whether the file is one piece in which the browser finds every second by itself. */
export const simple = ({ starts, exact }) => starts.length === 1 && !exact;

/** The place from which to load, so that `time` is played: the start of its part, or the second before it. */
export function placeOf({ starts, exact }, time) {
  const start = starts.findLast((each) => each <= time + 0.0005) ?? 0;
  return exact ? start + Math.floor(time - start + 0.0005) : start;
}

/** Where the part after the one at `place` begins; null for the last one. */
export const following = ({ starts }, place) => starts.find((each) => each > place + 0.0005) ?? null;
