/** The waveform on the page: a slider that shows who said what where. It draws; peaks.js and view.js reckon. */
import { clock, spoken } from "./clock.js";
import { activeLine } from "./lines.js";
import { lanes, scaled, sides, sliderKey, timeAt } from "./peaks.js";
import { Painter } from "./painter.js";
import { Pins } from "./pins.js";
import { holding, isWhole, moved, share, whole, within, zoomed } from "./view.js";

const FACTOR = 2;
/** Pixels of a wheel that double the size. */
const WHEEL = 300;

/** Events: seek{time}, span{from, to} (drawn with Shift), mark{name, time} (A or B dragged). */
export class Waveform extends EventTarget {
  constructor(root, sound, transcript) {
    super();
    this.root = root;
    this.sound = sound;
    this.transcript = transcript;
    this.slider = root.querySelector("[role=slider]");
    this.overview = root.querySelector(".wave-overview");
    this.tip = root.querySelector(".wave-tip");
    this.peaks = [];
    this.marks = { matches: [], comments: [], corrections: [], span: null, a: null, b: null };
    this.view = whole(sound.duration);
    this.colours = transcript ? transcript.lines.map(colourOf) : [];
    this.painter = new Painter(root, transcript?.starts ?? [], this.colours);
    this.pins = new Pins(root.querySelector(".wave-pins"), root.querySelector("[data-pins]"), () => sound.time);
    this.pins.addEventListener("pin", ({ detail }) => this.#tellSeek(detail.time));
    // The first one begins with the call.
    this.chapters = [...document.querySelectorAll("#chapters button")].slice(1).map(({ value }) => Number(value));
    this.said = null;
    this.time = 0;
    this.#names();
    this.#pointer();
    this.#looking();
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
    // The colour of each lane of a stereo recording that is one speaker's; null: each moment has that of its line.
    this.sides = sides(raw, this.transcript?.starts ?? [], this.colours, this.sound.duration);
    this.draw();
    return raw;
  }

  /** Who speaks on the left and on the right, null while that is not known. */
  sideNames() {
    return this.sides?.map((colour) => this.transcript.speaker(this.colours.indexOf(colour))) ?? null;
  }

  /** Change what is marked: matches, comments and corrections as {from, to, text}, the looped span, A and B. */
  mark(marks) {
    Object.assign(this.marks, marks);
    this.draw();
  }

  /** Nearer (1) or farther (-1), around the position. */
  zoom(direction) {
    const { duration } = this.sound;
    const at = within(this.time, this.view) ? this.time : (this.view.from + this.view.to) / 2;
    this.#look(zoomed(this.view, FACTOR ** direction, at, duration));
  }

  /** Move the head; the words for screen readers change once a second. */
  show(time) {
    const { duration } = this.sound;
    this.time = time;
    if (duration !== this.drawnFor) this.#look(whole(duration));
    if (within(time, this.view)) this.away = false;
    else if (!this.away) this.#look(holding(this.view, time, duration));
    this.#head();
    const second = Math.floor(time);
    if (second === this.said) return;
    this.said = second;
    this.slider.setAttribute("aria-valuemax", String(Math.floor(duration)));
    this.slider.setAttribute("aria-valuenow", String(Math.min(second, Math.floor(duration))));
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

  #look(view) {
    this.view = view;
    this.drawnFor = this.sound.duration;
    this.draw();
  }

  #head() {
    const at = share(this.time, this.view);
    const { style } = this.root;
    style.setProperty("--head", `${Math.min(1, Math.max(0, at)) * 100}%`);
    style.setProperty("--head-whole", `${share(this.time, whole(this.sound.duration)) * 100}%`);
    this.slider.classList.toggle("is-elsewhere", at < 0 || at > 1);
  }

  #paint() {
    const { view, marks, painter, sound } = this;
    const zoomedIn = !isWhole(view, sound.duration);
    this.overview.hidden = !zoomedIn;
    painter.ruler(view, this.chapters);
    painter.peaks(this.peaks, view, sound.duration, this.sides);
    painter.lanes(view, sound.duration);
    if (zoomedIn) {
      painter.overview(this.peaks, sound.duration, this.sides);
      this.overview.style.setProperty("--from", `${(view.from / sound.duration) * 100}%`);
      this.overview.style.setProperty("--to", `${(view.to / sound.duration) * 100}%`);
    }
    const items = ["comments", "matches", "corrections"].flatMap((kind) =>
      marks[kind].map(({ from, to, text }) => ({ time: from, to, kind, text })));
    this.pins.draw(items, view, this.slider.clientWidth);
    this.root.classList.toggle("has-pins", items.length > 0);
    this.root.querySelector("[data-do=zoomOut]").disabled = !zoomedIn;
    this.#drawSpan();
    this.#head();
  }

  /** The lanes say whose they are. */
  #names() {
    const { transcript } = this;
    const names = new Map();
    this.colours.forEach((colour, i) => { if (!names.has(colour)) names.set(colour, transcript.speaker(i)); });
    this.root.querySelector(".wave-names").replaceChildren(
      ...[...names].sort(([one], [other]) => one - other).map(([colour, name]) => {
        const label = document.createElement("span");
        label.className = `s${colour}`;
        label.dir = "auto";
        label.textContent = name || "Unknown speaker";
        return label;
      }),
    );
  }

  #drawSpan() {
    const { marks, view } = this;
    for (const name of ["a", "b"]) {
      const sign = this.root.querySelector(`[data-mark=${name}]`);
      const time = marks[name];
      sign.hidden = time === null || !within(time, view);
      if (!sign.hidden) sign.style.insetInlineStart = `${share(time, view) * 100}%`;
    }
    const shown = this.root.querySelector(".wave-span");
    const from = marks.span ? Math.max(0, share(marks.span.from, view)) : 1;
    const to = marks.span ? Math.min(1, share(marks.span.to, view)) : 0;
    shown.hidden = to <= from;
    shown.style.insetInlineStart = `${from * 100}%`;
    shown.style.inlineSize = `${(to - from) * 100}%`;
  }

  #tellSeek(time) {
    this.away = false;
    this.dispatchEvent(new CustomEvent("seek", { detail: { time } }));
  }

  #pointer() {
    const { slider, tip } = this;
    const at = (event) => {
      const box = slider.getBoundingClientRect();
      return timeAt(event.clientX - box.left, box.width, this.view);
    };
    // What the pointer drags: the position, A or B by its sign, or with Shift a new span from where it was pressed.
    let dragged = null;
    let from = 0;
    const move = (event) => {
      const time = at(event);
      if (dragged === "position") this.#tellSeek(time);
      else if (dragged === "span") this.dispatchEvent(new CustomEvent("span", { detail: { from, to: time } }));
      else this.dispatchEvent(new CustomEvent("mark", { detail: { name: dragged, time } }));
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
    slider.addEventListener("wheel", (event) => {
      const { duration } = this.sound;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (event.ctrlKey) this.#look(zoomed(this.view, 2 ** (-event.deltaY / WHEEL), at(event), duration));
      else if (sideways && !isWhole(this.view, duration)) {
        this.away = true;
        this.#look(moved(this.view, (sideways / slider.clientWidth) * (this.view.to - this.view.from), duration));
      } else return;
      event.preventDefault();
    }, { passive: false });
  }

  /** The overview moves the view to where it is pressed. */
  #looking() {
    const { overview } = this;
    const look = (event) => {
      const box = overview.getBoundingClientRect();
      const time = timeAt(event.clientX - box.left, box.width, whole(this.sound.duration));
      this.away = true;
      this.#look(moved(this.view, time - (this.view.from + this.view.to) / 2, this.sound.duration));
    };
    overview.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      overview.setPointerCapture(event.pointerId);
      look(event);
    });
    overview.addEventListener("pointermove", (event) => { if (overview.hasPointerCapture(event.pointerId)) look(event); });
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
      this.#tellSeek(time);
    });
  }
}

const colourOf = (line) => Number(/\bs(\d)\b/.exec(line.className)?.[1] ?? 1);
