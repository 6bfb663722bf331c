/** The waveform on the page: a slider that shows what was said where. It draws; peaks.js reckons. */
import { clock, spoken } from "./clock.js";
import { activeLine } from "./lines.js";
import { columns, lanes, scaled, sliderKey, timeAt, turns } from "./peaks.js";

const LANE = 4;
const LANE_GAP = 2;

/** Events: seek{time}, span{from, to} (drawn with Shift), mark{name, time} (A or B dragged). */
export class Waveform extends EventTarget {
  constructor(root, sound, transcript) {
    super();
    this.root = root;
    this.sound = sound;
    this.transcript = transcript;
    this.slider = root.querySelector("[role=slider]");
    this.played = root.querySelector(".wave-played");
    this.head = root.querySelector(".wave-head");
    this.tip = root.querySelector(".wave-tip");
    this.peaks = [];
    this.marks = { matches: [], comments: [], corrections: [], span: null, a: null, b: null };
    this.said = null;
    this.#pointer();
    this.#keys();
    new ResizeObserver(() => this.draw()).observe(this.slider);
    document.addEventListener("themechange", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** Fetch what the server computed once; without it the slider is a plain bar. Gives the lanes as they came. */
  async load(url) {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) return [];
    const raw = lanes(await response.json());
    this.peaks = scaled(raw);
    this.draw();
    return raw;
  }

  /** Change what the lanes show: matches and corrections as times, comments as {from, to}, the span that is looped, A and B. */
  mark(marks) {
    Object.assign(this.marks, marks);
    this.draw();
  }

  /** Move the head; the words for screen readers change once a second. */
  show(time) {
    const { duration } = this.sound;
    const share = duration ? Math.min(1, time / duration) : 0;
    this.head.style.insetInlineStart = `${share * 100}%`;
    this.played.style.clipPath = `inset(0 ${(1 - share) * 100}% 0 0)`;
    const whole = Math.floor(time);
    if (whole === this.said) return;
    this.said = whole;
    this.slider.setAttribute("aria-valuemax", String(Math.floor(duration)));
    this.slider.setAttribute("aria-valuenow", String(Math.min(whole, Math.floor(duration))));
    this.slider.setAttribute("aria-valuetext", `${spoken(time)} of ${spoken(duration)}`);
  }

  /** Draw with the next frame, once, however much has changed. */
  draw() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      this.#paint();
    });
  }

  #paint() {
    const [base, above, under] = this.root.querySelectorAll("canvas");
    this.#drawPeaks(base, this.#ink("rest"));
    this.#drawPeaks(above, this.#ink("played"));
    this.#drawLanes(under);
  }

  #ink(name) {
    return getComputedStyle(this.root.querySelector(`.ink-${name}`)).color;
  }

  #canvas(canvas, height) {
    const ratio = window.devicePixelRatio || 1;
    const width = this.slider.clientWidth;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    return { pen, width };
  }

  #drawPeaks(canvas, ink) {
    const height = this.slider.clientHeight;
    const { pen, width } = this.#canvas(canvas, height);
    pen.fillStyle = ink;
    if (!this.peaks.length) {
      pen.fillRect(0, height / 2 - 1, width, 2);
      return;
    }
    const each = height / this.peaks.length;
    this.peaks.forEach((lane, i) => {
      columns(lane, Math.floor(width / 3)).forEach((value, x) => {
        const tall = Math.max(1, value * (each - 4));
        pen.fillRect(x * 3, i * each + (each - tall) / 2, 2, tall);
      });
    });
  }

  #drawLanes(canvas) {
    const { transcript, sound, marks } = this;
    const { duration } = sound;
    this.colours ??= transcript ? transcript.lines.map(colourOf) : [];
    const { colours } = this;
    const speakers = [...new Set(colours)].sort();
    const inks = new Map(speakers.map((speaker) => [speaker, this.#ink(`speaker-${speaker}`)]));
    const height = (speakers.length + 2) * (LANE + LANE_GAP);
    canvas.style.height = `${height}px`;
    const { pen, width } = this.#canvas(canvas, height);
    this.#drawSpan(duration);
    if (!duration) return;
    const x = (time) => (time / duration) * width;
    for (const turn of turns(transcript?.starts ?? [], colours, duration)) {
      pen.fillStyle = inks.get(turn.speaker);
      const y = speakers.indexOf(turn.speaker) * (LANE + LANE_GAP);
      pen.fillRect(x(turn.from), y, Math.max(1, x(turn.to) - x(turn.from) - 1), LANE);
    }
    const points = (times) => times.map((from) => ({ from }));
    const rows = [[["comment", marks.comments]], [["fixed", points(marks.corrections)], ["match", points(marks.matches)]]];
    rows.forEach((lane, row) => {
      const y = (speakers.length + row) * (LANE + LANE_GAP);
      for (const [ink, spans] of lane) {
        pen.fillStyle = this.#ink(ink);
        for (const { from, to } of spans) pen.fillRect(x(from) - 1, y, Math.max(3, to ? x(to) - x(from) : 3), LANE);
      }
    });
  }

  #drawSpan(duration) {
    const shown = this.root.querySelector(".wave-span");
    const { span } = this.marks;
    for (const name of ["a", "b"]) {
      const sign = this.root.querySelector(`[data-mark=${name}]`);
      const time = this.marks[name];
      sign.hidden = time === null || !duration;
      if (!sign.hidden) sign.style.insetInlineStart = `${(time / duration) * 100}%`;
    }
    shown.hidden = !span || !duration;
    if (shown.hidden) return;
    shown.style.insetInlineStart = `${(span.from / duration) * 100}%`;
    shown.style.inlineSize = `${((span.to - span.from) / duration) * 100}%`;
  }

  #pointer() {
    const { slider, sound, tip } = this;
    const at = (event) => {
      const box = slider.getBoundingClientRect();
      return timeAt(event.clientX - box.left, box.width, sound.duration);
    };
    const tell = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail }));
    // What the pointer drags: the position, A or B by its sign, or with Shift a new span from where it was pressed.
    let dragged = null;
    let from = 0;
    const move = (event) => {
      const time = at(event);
      if (dragged === "position") tell("seek", { time });
      else if (dragged === "span") tell("span", { from, to: time });
      else tell("mark", { name: dragged, time });
    };
    slider.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      slider.setPointerCapture(event.pointerId);
      from = at(event);
      dragged = event.target.dataset.mark ?? (event.shiftKey ? "span" : "position");
      if (dragged === "position") move(event);
    });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) move(event);
      this.#tell(at(event), event.clientX - slider.getBoundingClientRect().left);
    });
    slider.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  /** What is spoken under the pointer. */
  #tell(time, x) {
    const { tip, transcript, slider } = this;
    const line = transcript ? activeLine(transcript.starts, time, 0) : -1;
    tip.hidden = false;
    tip.firstElementChild.textContent = clock(time);
    tip.lastElementChild.textContent = line < 0 ? "" : `${transcript.speaker(line)}: ${transcript.text(line)}`;
    const half = tip.offsetWidth / 2;
    tip.style.insetInlineStart = `${Math.min(Math.max(x, half), slider.clientWidth - half)}px`;
  }

  #keys() {
    this.slider.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      const time = sliderKey(event.key, this.sound.time, this.sound.duration);
      if (time === null) return;
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("seek", { detail: { time } }));
    });
  }
}

const colourOf = (line) => Number(/\bs(\d)\b/.exec(line.className)?.[1] ?? 1);
