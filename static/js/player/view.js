/** What of a recording the waveform shows: a view is {from, to} in seconds. Pure. */
import { clock } from "./clock.js";

/** No view is shorter, in seconds. */
export const SHORTEST = 10;
/** Pixels from one time of the ruler to the next, at least. */
const APART = 76;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
/** Where the position is put in a view that it has left: what comes next is what one wants to see. */
const LEAD = 0.1;

export const whole = (duration) => ({ from: 0, to: duration });

/** Sums of fractions miss the whole by less than this, in seconds. */
const ROUNDING = 0.001;

export const isWhole = (view, duration) => view.to - view.from >= duration - ROUNDING;

/** How far into the view a time lies: 0 at its start, 1 at its end, beyond them outside. */
export const share = (time, view) => (view.to > view.from ? (time - view.from) / (view.to - view.from) : 0);

export const within = (time, view) => time >= view.from && time <= view.to;

function fitted(from, length, duration) {
  const start = Math.max(0, Math.min(from, duration - length));
  return { from: start, to: start + length };
}

/** Nearer by `factor` (farther below 1); what is at `at` stays where it is. */
export function zoomed(view, factor, at, duration) {
  const length = Math.min(duration, Math.max(Math.min(SHORTEST, duration), (view.to - view.from) / factor));
  return fitted(at - share(at, view) * length, length, duration);
}

/** Moved by seconds, within the recording. */
export const moved = (view, by, duration) => fitted(view.from + by, view.to - view.from, duration);

/** The view of the same length that shows a time. */
export function holding(view, time, duration) {
  const length = view.to - view.from;
  return within(time, view) ? view : fitted(time - LEAD * length, length, duration);
}

/** The times of a ruler that is so many pixels wide: [{time, text}]. */
export function ticks(view, width) {
  const length = view.to - view.from;
  if (!(length > 0) || width <= 0) return [];
  const step = STEPS.find((each) => (each / length) * width >= APART) ?? STEPS.at(-1);
  const out = [];
  for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step) out.push({ time, text: clock(time) });
  return out;
}
