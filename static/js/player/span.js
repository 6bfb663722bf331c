/** A and B: the span of a recording that one loops, links to or comments on. Pure. Times in seconds. */
import { parse } from "./clock.js";

/** A and B nearer to each other than this are a slip of the hand, no span. */
const SHORTEST = 0.1;

export const NONE = { a: null, b: null };

/** Set "a" or "b" at a time. One that would lie on the wrong side of the other starts a new span. */
export function placed(marks, name, time) {
  const next = { ...marks, [name]: time };
  return next.a === null || next.b === null || next.b - next.a >= SHORTEST ? next : { ...NONE, [name]: time };
}

/** A and B of a drag from one time to another, in either direction; null when it went nowhere. */
export function drawn(one, other) {
  return Math.abs(other - one) < SHORTEST ? null : { a: Math.min(one, other), b: Math.max(one, other) };
}

/** {from, to} once both are set, else null. */
export const spanOf = ({ a, b }) => (a === null || b === null ? null : { from: a, to: b });

/** Seconds of a typed time within the recording; null when it is none. */
export function typed(text, duration) {
  const time = parse(text);
  return time === null || (duration > 0 && time > duration) ? null : time;
}
