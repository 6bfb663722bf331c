/** The shapes of the waveform and its lanes, from what the server computed once. Pure. */

/** Lanes of 0..1 from the server's answer: base64 of one byte per point, one string per lane. */
export function lanes(answer) {
  return (answer.lanes ?? []).map((text) => {
    const bytes = atob(text);
    return Float32Array.from({ length: bytes.length }, (_, i) => bytes.charCodeAt(i) / 255);
  });
}

/** The loudest point under each of `width` columns. */
export function columns(lane, width) {
  const out = new Float32Array(Math.max(0, width));
  if (!lane.length) return out;
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor((x * lane.length) / width);
    const to = Math.max(from + 1, Math.floor(((x + 1) * lane.length) / width));
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

/** The time under a horizontal place, both from the left edge; within the recording. */
export const timeAt = (x, width, duration) => Math.min(duration, Math.max(0, (x / width) * duration));

/** Where a key of a slider goes; null when the key is not one of a slider. */
export function sliderKey(key, time, duration) {
  const to = {
    ArrowLeft: time - 5, ArrowDown: time - 5, ArrowRight: time + 5, ArrowUp: time + 5,
    PageDown: time - 30, PageUp: time + 30, Home: 0, End: duration,
  }[key];
  return to === undefined ? null : Math.min(duration, Math.max(0, to));
}
