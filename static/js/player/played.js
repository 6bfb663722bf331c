/** What was really heard: seconds of the recording that passed while it played, each counted once. Pure. */

/** Played this share, a recording counts as heard. */
export const PLAYED_AT = 0.9;
/** A step of the clock longer than this is a seek, not listening (timeupdate comes at least 4 times a second, at 3×). */
const LONGEST_STEP = 2;

export class PlayedMeter {
  constructor(duration) {
    this.duration = duration;
    this.spans = [];
    this.pending = 0;
    this.last = null;
    // Whether the listener has marked the recording by hand in this visit.
    this.decided = false;
  }

  /** Tell it the position while playing; null after a pause or a seek. */
  at(position) {
    const step = this.last === null || position === null ? 0 : position - this.last;
    if (step > 0 && step <= LONGEST_STEP) this.#add(this.last, position);
    this.last = position;
  }

  #add(from, to) {
    const before = this.seconds();
    const last = this.spans.at(-1);
    if (last && from >= last.from && from <= last.to) last.to = Math.max(last.to, to);
    else this.spans.push({ from, to });
    this.spans = merged(this.spans);
    this.pending += Math.max(0, this.seconds() - before);
  }

  seconds() {
    return this.spans.reduce((sum, span) => sum + span.to - span.from, 0);
  }

  /** True once it played at or past 90 % of the recording. Coming there by a seek alone is not enough. */
  done() {
    return this.duration > 0 && this.spans.some((span) => span.to >= this.duration * PLAYED_AT);
  }

  /** Seconds heard since the last call of this. */
  take() {
    const taken = this.pending;
    this.pending = 0;
    return taken;
  }
}

function merged(spans) {
  if (spans.length < 2) return spans;
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const out = [sorted[0]];
  for (const span of sorted.slice(1)) {
    const last = out.at(-1);
    if (span.from <= last.to) last.to = Math.max(last.to, span.to);
    else out.push(span);
  }
  return out;
}
