/** What one does with words selected in the transcript: quote, comment, clip, correct, loop. */
import { copy, say } from "../toast.js";
import { clock } from "./clock.js";
import { lineEnd } from "./lines.js";
import { quote, link } from "./quote.js";

/** Events: comment, clip and loop{from, to}; correct{index, part}. */
export class SelectionTools extends EventTarget {
  constructor(bar, transcript, sound) {
    super();
    this.bar = bar;
    this.transcript = transcript;
    this.sound = sound;
    this.lines = [];
    this.pressing = false;
    this.places = bar.querySelector("[data-selection=correct]");
    transcript.addEventListener("selection", ({ detail }) => this.#show(detail.lines));
    // The buttons take no focus from a pointer, and a touch that lets the selection go does not hide them under itself.
    bar.addEventListener("pointerdown", (event) => {
      this.pressing = true;
      event.preventDefault();
    });
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    for (const kind of ["pointerup", "pointercancel"]) {
      window.addEventListener(kind, () => setTimeout(() => { this.pressing = false; }));
    }
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && this.lines.length) this.#do(button.dataset.selection);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #show(lines) {
    const { bar } = this;
    if (this.pressing || bar.contains(document.activeElement)) return;
    this.lines = lines;
    bar.hidden = !lines.length;
    if (bar.hidden) return;
    if (this.places) this.places.hidden = lines.length !== 1;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    const transport = document.querySelector(".transport");
    const foot = getComputedStyle(transport).position === "fixed" ? transport.getBoundingClientRect().top : window.innerHeight;
    bar.style.insetBlockStart = `${Math.max(8, Math.min(box.bottom + 8, foot - bar.offsetHeight - 8))}px`;
    bar.style.insetInlineStart = `${Math.max(8, Math.min(box.left, window.innerWidth - bar.offsetWidth - 8))}px`;
  }

  /** Tab enters the tools while words are selected; Escape lets the words go. */
  #key(event) {
    const { bar } = this;
    if (bar.hidden || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      const back = bar.contains(document.activeElement) ? this.transcript.lines[this.lines[0].index].firstElementChild : null;
      this.#end();
      back?.focus({ preventScroll: true });
    } else if (event.key === "Tab" && !event.shiftKey && !bar.contains(event.target)) {
      event.preventDefault();
      bar.querySelector("button").focus();
    }
  }

  #end() {
    this.bar.hidden = true;
    this.lines = [];
    getSelection().removeAllRanges();
  }

  #do(what) {
    const { lines } = this;
    const span = this.#span();
    this.#end();
    const tell = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail }));
    if (what === "quote") copy(quote(lines, link(location.origin + location.pathname, span.from, span.to)), "Quote and link copied");
    else if (what === "correct") tell("correct", { index: lines[0].index, part: lines[0] });
    else tell(what, span);
    if (what === "clip") say(`Clip from ${clock(span.from)} to ${clock(span.to)}. Choose what to download.`);
    if (what === "loop") say(`Loop from ${clock(span.from)} to ${clock(span.to)}`);
  }

  /** From the start of the first selected line to the end of the last one. */
  #span() {
    const { transcript, lines, sound } = this;
    const end = lineEnd(transcript.starts, lines.at(-1).index, sound.duration);
    return { from: transcript.starts[lines[0].index], to: Math.min(end, sound.duration || end) };
  }
}
