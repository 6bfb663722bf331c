/** The shapes of the waveform and its lanes, from what the server computed once. Pure. */

/** Lanes of 0..1 from the server's answer: base64 of one byte per point, one string per lane. */
export function lanes(answer) {
  return (answer.lanes ?? []).map((text) => {
    const bytes = atob(text);
    return Float32Array.from({ length: bytes.length }, (_, i) => bytes.charCodeAt(i) / 255);
  });
}

/** The loudest point under each of `width` columns of a part of the lane, from and to as shares of the whole. */
export function columns(lane, width, first = 0, last = 1) {
  const out = new Float32Array(Math.max(0, width));
  if (!lane.length) return out;
  const start = first * lane.length;
  const each = ((last - first) * lane.length) / width;
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor(start + x * each);
    const to = Math.max(from + 1, Math.floor(start + (x + 1) * each));
    for (let i = from; i < to && i < lane.length; i += 1) if (lane[i] > out[x]) out[x] = lane[i];
  }
  return out;
}

/** Quiet talk stays visible: half-power scale, relative to the loudest point of all lanes. */
export function scaled(all) {
  let loudest = 0;
  for (const lane of all) for (const value of lane) if (value > loudest) loudest = value;
  return all.map((lane) => Float32Array.from(lane, (value) => (loudest ? Math.sqrt(value / loudest) : 0)));
}

/** Turns of speakers as [{from, to, speaker}], neighbours of the same speaker joined. */
export function turns(starts, speakers, duration) {
  const out = [];
  starts.forEach((from, i) => {
    const to = Math.max(from, i + 1 < starts.length ? starts[i + 1] : duration);
    const last = out.at(-1);
    if (last && last.speaker === speakers[i]) last.to = to;
    else out.push({ from, to, speaker: speakers[i] });
  });
  return out;
}

/** The speaker in the middle of each of `count` columns of a view; null before the first line. */
export function owners(starts, speakers, count, view) {
  const out = new Array(Math.max(0, count)).fill(null);
  let line = -1;
  for (let x = 0; x < count; x += 1) {
    const time = view.from + ((x + 0.5) / count) * (view.to - view.from);
    while (line + 1 < starts.length && starts[line + 1] <= time) line += 1;
    if (line >= 0) out[x] = speakers[line];
  }
  return out;
}

/** A lane is one speaker's when it is so many times as loud as the other one while that speaker talks. */
const ITS_OWN = 3;

/**
 * The speaker of each of two lanes, when two speakers have one each, as in a stereo recording with a side for each end
 * of the call; else null. Measured: nothing says it.
 */
export function sides(lanes, starts, speakers, duration) {
  const [one, other, ...more] = new Set(speakers);
  if (lanes.length !== 2 || other === undefined || more.length || !duration) return null;
  const loud = new Map([[one, [0, 0]], [other, [0, 0]]]);
  const speaking = owners(starts, speakers, lanes[0].length, { from: 0, to: duration });
  speaking.forEach((speaker, i) => {
    if (speaker !== null) [0, 1].forEach((lane) => { loud.get(speaker)[lane] += lanes[lane][i]; });
  });
  const owns = (speaker, lane) => loud.get(speaker)[lane] > ITS_OWN * loud.get(speaker)[1 - lane];
  if (owns(one, 0) && owns(other, 1)) return [one, other];
  return owns(one, 1) && owns(other, 0) ? [other, one] : null;
}

/** The time under a horizontal place, in pixels from the left edge of what shows the view; within the view. */
export const timeAt = (x, width, view) => Math.min(view.to, Math.max(view.from, view.from + (x / width) * (view.to - view.from)));

/** Where a key of a slider goes; null when the key is not one of a slider. */
export function sliderKey(key, time, duration) {
  const to = {
    ArrowLeft: time - 5, ArrowDown: time - 5, ArrowRight: time + 5, ArrowUp: time + 5,
    PageDown: time - 30, PageUp: time + 30, Home: 0, End: duration,
  }[key];
  return to === undefined ? null : Math.min(duration, Math.max(0, to));
}
