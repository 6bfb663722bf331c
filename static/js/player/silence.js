/** Which silences are skipped, by the peaks. Pure. Times in seconds. */

const LONGEST_KEPT = 2;
const KEEP = 0.3;
/** Below this share of full scale (about -40 dB) nothing is said on a telephone line. */
const QUIET = 0.01;

/** [{from, to}] to jump over: quiet for more than 2 s, less 0.3 s on each side. `lanes` are arrays of 0..1. */
export function plan(lanes, duration) {
  const points = lanes[0]?.length ?? 0;
  const gaps = [];
  if (!points || !(duration > 0)) return gaps;
  const second = duration / points;
  let since = null;
  for (let i = 0; i <= points; i += 1) {
    const quiet = i < points && lanes.every((lane) => lane[i] < QUIET);
    if (quiet && since === null) since = i;
    if (!quiet && since !== null) {
      const from = since * second;
      const to = i * second;
      if (to - from > LONGEST_KEPT) gaps.push({ from: from + KEEP, to: to - KEEP });
      since = null;
    }
  }
  return gaps;
}

/** Seconds that the plan saves. */
export const saved = (gaps) => gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);

/** Where to go when the sound is at `time`: the end of the gap that it is in, else null. */
export function landing(gaps, time) {
  let low = 0;
  let high = gaps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (gaps[middle].to <= time) low = middle + 1;
    else high = middle;
  }
  const gap = gaps[low];
  return gap && time >= gap.from && time < gap.to - 0.05 ? gap.to : null;
}
