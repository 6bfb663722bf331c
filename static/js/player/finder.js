/** The find bar of the transcript: n of N, marks by the Custom Highlight API, ticks on the waveform. */
import { clock } from "./clock.js";
import { forms, matches, nearest, step, summary } from "./find.js";

const DEBOUNCE = 150;

/** Events: matches{matches}, play{index}. Moving between matches moves the page, never the sound. */
export class Finder extends EventTarget {
  constructor(bar, transcript) {
    super();
    this.bar = bar;
    this.transcript = transcript;
    this.input = bar.querySelector("input");
    this.count = bar.querySelector("output");
    this.from = bar.querySelector("[data-play-match]");
    this.found = [];
    this.current = -1;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), DEBOUNCE);
    });
    this.bar.addEventListener("keydown", (event) => this.#key(event));
    bar.querySelector("[data-next]").addEventListener("click", () => this.move(1));
    bar.querySelector("[data-previous]").addEventListener("click", () => this.move(-1));
    bar.querySelector("[data-close-find]").addEventListener("click", () => this.close());
    this.from.addEventListener("click", () => this.#play());
  }

  get isOpen() {
    return !this.bar.hidden;
  }

  /** Open, with words when a link brought some; focus is taken only when a person asked. */
  open(words = null, { focus = true } = {}) {
    if (!this.isOpen) this.before = document.activeElement;
    this.bar.hidden = false;
    this.transcript.finding(true);
    if (words !== null) this.input.value = words;
    if (focus) {
      this.input.focus();
      this.input.select();
    }
    if (this.input.value) this.look(focus ? undefined : this.transcript.active);
  }

  /** Open with the first of these words that the transcript holds; a link takes no focus. */
  openBest(candidates) {
    this.#read();
    const best = candidates.find((words) => matches(this.texts, words, this.forms).length) ?? candidates[0];
    if (best) this.open(best, { focus: false });
  }

  /** Close and give the focus back to where it was. */
  close() {
    const held = this.bar.contains(document.activeElement);
    this.bar.hidden = true;
    this.found = [];
    this.current = -1;
    this.looked = null;
    this.#mark();
    this.transcript.finding(false);
    this.dispatchEvent(new CustomEvent("matches", { detail: { matches: [] } }));
    if (held) this.before?.focus?.();
  }

  /** Look for what is typed, beginning at the line that one reads. */
  look(line = Math.max(this.transcript.cursor, 0)) {
    clearTimeout(this.timer);
    this.#read();
    this.looked = this.input.value;
    this.found = matches(this.texts, this.input.value, this.forms);
    this.current = nearest(this.found.map((match) => ({ line: match.line >> 1 })), line);
    this.#mark();
    this.#show();
    const lines = [...new Set(this.found.map((match) => match.line >> 1))];
    const found = lines.map((line) => ({ from: this.transcript.starts[line], text: this.transcript.text(line).slice(0, 80) }));
    this.dispatchEvent(new CustomEvent("matches", { detail: { matches: found } }));
  }

  move(direction) {
    if (this.input.value !== this.looked) {
      this.look();
      return;
    }
    this.current = step(this.current, this.found.length, direction);
    this.#mark();
    this.#show();
  }

  /** A line reads otherwise now. */
  forget() {
    this.texts = null;
    if (this.isOpen) this.look();
  }

  /** Speaker and text of each line, folded once; a speaker's name counts where it is shown. */
  #read() {
    if (this.texts) return;
    const { transcript } = this;
    this.texts = transcript.lines.flatMap((line, i) =>
      [line.classList.contains("same") ? "" : transcript.speaker(i), transcript.text(i)]);
    this.forms = this.texts.map((text) => forms(text));
  }

  #range({ line, start, end }) {
    const node = this.transcript.lines[line >> 1].children[line % 2 ? 2 : 1].firstChild;
    if (!node) return null;
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range;
  }

  #mark() {
    this.count.value = this.isOpen ? summary(this.input.value, this.current, this.found.length) : "";
    const match = this.found[this.current];
    this.from.hidden = !match;
    if (match) this.from.lastElementChild.textContent = `Play from ${clock(this.transcript.starts[match.line >> 1])}`;
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    CSS.highlights.delete("found-now");
    if (!match) return;
    CSS.highlights.set("found", new Highlight(...this.found.map((each) => this.#range(each)).filter(Boolean)));
    const now = this.#range(match);
    if (!now) return;
    const highlight = new Highlight(now);
    highlight.priority = 1;
    CSS.highlights.set("found-now", highlight);
  }

  #show() {
    const match = this.found[this.current];
    if (match) this.transcript.reveal(match.line >> 1);
  }

  #play() {
    const match = this.found[this.current];
    if (match) this.dispatchEvent(new CustomEvent("play", { detail: { index: match.line >> 1 } }));
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && event.target === this.input) {
      event.preventDefault();
      this.move(event.shiftKey ? -1 : 1);
    }
  }
}
