/** The transcript on the page: which line is spoken, following it, moving in it, copying from it. */
import { say } from "../toast.js";
import { follow, offersReturn, scrollBy, scrolls, start } from "./follow.js";
import { spokenLine } from "./lines.js";
import { plain, wholeWords } from "./quote.js";

const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End"]);
/** A line that moved less than this was not scrolled: lines above it took their real height. */
const JITTER = 8;
/** Farther than this many panes one jumps: nobody reads what flies past. */
const FAR = 1.5;
const TRIES = 30;
/** Lines take their height after the frame that shows them, so one frame without a move proves nothing. */
const CALM = 3;
const SMOOTH_ENDS_WITHIN = 1200;

/** Events: seek{index}, cursor{index}, follow{on}, selection{lines} (empty when nothing is selected). */
export class Transcript extends EventTarget {
  constructor(list, { deck, chip }) {
    super();
    this.list = list;
    this.deck = deck;
    this.chip = chip;
    this.lines = [...list.querySelectorAll("li.ln")];
    this.starts = this.lines.map((line) => Number(line.firstElementChild.value));
    this.index = new Map(this.lines.map((line, i) => [line, i]));
    this.active = -1;
    this.cursor = -1;
    this.chosen = -1;
    this.state = start();
    this.scrolling = false;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.#roving();
    this.#clicks();
    this.#reading();
    this.#selecting();
    this.#remember();
  }

  speaker(i) {
    return this.lines[i].children[1].textContent;
  }

  text(i) {
    return this.lines[i].children[2].textContent;
  }

  /** Light up the line spoken at `time`, also while the sound is paused, and follow it. */
  show(time) {
    const index = spokenLine(this.starts, time, this.chosen);
    if (index === this.active) return;
    this.lines[this.active]?.removeAttribute("aria-current");
    this.lines[index]?.setAttribute("aria-current", "true");
    this.active = index;
    this.#change({ type: "spoken", index });
    if (scrolls(this.state)) this.reveal(index);
    else this.#remember();
  }

  /**
   * Scroll so that the line is read in comfort; not at all when it is already. Lines out of sight have a guessed height,
   * so a long way is jumped and measured again until the line lies where it should.
   */
  reveal(index) {
    const line = this.lines[index];
    if (!line) return;
    this.revealing = line;
    const pane = this.#pane();
    const by = scrollBy(line.getBoundingClientRect(), pane);
    if (!by) {
      this.#remember();
      return;
    }
    this.scrolling = true;
    clearTimeout(this.scrollTimer);
    const far = Math.abs(by) > FAR * (pane.bottom - pane.top);
    if (far || this.still.matches) {
      window.scrollBy({ top: by, behavior: "instant" });
      this.#settle(line, TRIES);
    } else {
      window.scrollBy({ top: by, behavior: "smooth" });
      this.scrollTimer = setTimeout(() => this.#settle(line, TRIES), SMOOTH_ENDS_WITHIN);
    }
  }

  /** Measure again on the next frames until nothing moves any more; the reader may take over at any time. */
  #settle(line, tries, calm = 0) {
    clearTimeout(this.scrollTimer);
    requestAnimationFrame(() => {
      if (!this.scrolling || this.revealing !== line) return;
      const by = scrollBy(line.getBoundingClientRect(), this.#pane());
      const before = window.scrollY;
      if (by) window.scrollBy({ top: by, behavior: "instant" });
      const still = window.scrollY === before;
      if (tries && !(still && calm >= CALM)) this.#settle(line, tries - 1, still ? calm + 1 : 0);
      else this.#rest();
    });
  }

  #rest() {
    this.scrolling = false;
    this.#remember();
    if (!this.state.on) this.#change({ type: "scrolled", target: this.#inView() });
  }

  /** The reader asks for the place that is spoken now. */
  now() {
    this.#change({ type: "now" });
    this.reveal(this.active);
  }

  toggleFollow() {
    this.#change({ type: "toggle" });
    if (scrolls(this.state)) this.reveal(this.active);
  }

  finding(value) {
    this.#change({ type: "finding", value });
  }

  /** The reader chose this line. */
  choose(index) {
    this.chosen = index;
    this.#change({ type: "line", index });
    this.moveCursor(index);
  }

  /** The line that Tab comes back to. */
  moveCursor(index) {
    if (index === this.cursor) return;
    this.#button(this.cursor)?.setAttribute("tabindex", "-1");
    this.#button(index)?.setAttribute("tabindex", "0");
    this.lines[this.cursor]?.classList.remove("is-cursor");
    this.lines[index]?.classList.add("is-cursor");
    this.cursor = index;
    this.dispatchEvent(new CustomEvent("cursor", { detail: { index } }));
  }

  /** The line that a node of the page lies in; -1 outside. */
  lineOf(node) {
    const element = node instanceof Element ? node : node?.parentElement;
    return this.index.get(element?.closest("li.ln")) ?? -1;
  }

  #button(i) {
    return this.lines[i]?.firstElementChild;
  }

  /** Tab enters and leaves the transcript once; the arrows move inside. */
  #roving() {
    if (this.lines.length) this.moveCursor(0);
    // 5,000 attributes can wait until the page is shown, but not longer than until the focus comes.
    (window.requestIdleCallback ?? setTimeout)(() => this.#oneStop());
    this.list.addEventListener("focusin", (event) => {
      this.#oneStop();
      const index = this.lineOf(event.target);
      if (index >= 0) this.moveCursor(index);
    });
    this.list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea") || event.target.closest(".fix, .thread")) return;
      const to = this.cursor + step;
      if (!this.lines[to]) return;
      event.preventDefault();
      this.#readerMoves(to);
      this.#button(to).focus({ preventScroll: true });
      this.lines[to].scrollIntoView({ block: "nearest" });
    });
  }

  #oneStop() {
    if (this.hasOneStop) return;
    this.hasOneStop = true;
    this.lines.forEach((line, i) => { if (i !== this.cursor) line.firstElementChild.tabIndex = -1; });
  }

  #clicks() {
    this.list.addEventListener("click", (event) => {
      const index = this.lineOf(event.target);
      if (index < 0 || event.target.closest(".ln-tools, .fix, a, input")) return;
      const selection = getSelection();
      if (!event.target.closest("button") && selection && !selection.isCollapsed) return;
      event.preventDefault();
      this.choose(index);
      this.dispatchEvent(new CustomEvent("seek", { detail: { index } }));
    });
    this.chip.addEventListener("click", () => this.now());
  }

  /** Wheel, touch, scrollbar and keys that scroll are the reader's: following ends at once. */
  #reading() {
    const reader = (event) => {
      if (!event.target.closest?.(".rec-side, dialog")) this.#readerMoves(this.#inView());
    };
    window.addEventListener("wheel", reader, { passive: true });
    window.addEventListener("touchmove", reader, { passive: true });
    window.addEventListener("keydown", (event) => {
      const own = event.target.closest?.("input, textarea, select, [role=slider]");
      if (SCROLL_KEYS.has(event.key) && !event.defaultPrevented && !own) reader(event);
    });
    window.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    window.addEventListener("scrollend", () => {
      if (this.scrolling) this.#settle(this.revealing, TRIES);
      else if (!this.state.on) this.#change({ type: "scrolled", target: this.#inView() });
    });
    window.addEventListener("resize", () => this.#remember());
  }

  /** A scroll that moved the spoken line with it, and that we did not start, was the reader's (a scrollbar tells nobody). */
  #onScroll() {
    if (this.scrolling) return;
    const { lastTop, lastY } = this;
    this.#remember();
    const moved = this.lastY - lastY;
    const shifted = lastTop - this.lastTop;
    // Lists above that take their real height move the page or the line, never both, unless somebody scrolls as well.
    if (Math.abs(moved) > JITTER && Math.abs(shifted) > JITTER) this.#readerMoves(this.#inView());
    this.#drawChip();
  }

  #readerMoves(target) {
    this.scrolling = false;
    this.#change({ type: "scrolled", target });
  }

  #remember() {
    this.lastY = window.scrollY;
    this.lastTop = (this.lines[this.active] ?? this.list).getBoundingClientRect().top;
  }

  /** The part of the window in which lines are read: between what sticks at its top and at its bottom. */
  #pane() {
    const heads = [document.querySelector(".topbar"), this.deck].filter((head) => head && sticks(head));
    const top = Math.max(0, ...heads.map((head) => head.getBoundingClientRect().bottom));
    const transport = this.deck.querySelector(".transport");
    const fixed = getComputedStyle(transport).position === "fixed";
    return { top, bottom: fixed ? transport.getBoundingClientRect().top : window.innerHeight };
  }

  /** The line at a quarter of the pane: where following would put the spoken one. */
  #inView() {
    const pane = this.#pane();
    const y = pane.top + (pane.bottom - pane.top) * 0.25;
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.lines[middle].getBoundingClientRect().top <= y) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #change(event) {
    this.state = follow(this.state, event);
    this.#drawChip();
    this.dispatchEvent(new CustomEvent("follow", { detail: { on: this.state.on } }));
  }

  #drawChip() {
    const shown = offersReturn(this.state) && this.active >= 0;
    this.chip.hidden = !shown;
    if (!shown) return;
    const above = this.lines[this.active].getBoundingClientRect().top < this.#pane().top;
    this.chip.dataset.way = above ? "up" : "down";
  }

  #selecting() {
    document.addEventListener("selectionchange", () => {
      const selected = this.selected();
      if (this.state.selecting !== selected.length > 0) this.#change({ type: "selecting", value: selected.length > 0 });
      this.dispatchEvent(new CustomEvent("selection", { detail: { lines: selected } }));
    });
    this.list.addEventListener("copy", (event) => {
      const selected = this.selected();
      if (!selected.length) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", plain(selected));
      say(selected.length === 1 ? "Copied 1 line" : `Copied ${selected.length} lines`);
    });
  }

  /** What is selected, as [{index, speaker, text, start, end}]; of the first and last line the words that are. */
  selected() {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return [];
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.list)) return [];
    const first = Math.max(0, this.lineOf(range.startContainer));
    const last = this.lineOf(range.endContainer);
    const until = last < 0 ? this.lines.length - 1 : last;
    const found = [];
    for (let i = first; i <= until; i += 1) {
      const { start, end } = wordsWithin(this.lines[i].children[2], range);
      const text = this.text(i).slice(start, end);
      if (text.trim()) found.push({ index: i, speaker: this.speaker(i), text, start, end });
    }
    return found;
  }
}

const sticks = (element) => getComputedStyle(element).position === "sticky";

/** Where in the text of an element the words of a range start and end. */
function wordsWithin(element, range) {
  if (!range.intersectsNode(element)) return { start: 0, end: 0 };
  const own = document.createRange();
  own.selectNodeContents(element);
  if (own.compareBoundaryPoints(Range.START_TO_START, range) < 0) own.setStart(range.startContainer, range.startOffset);
  if (own.compareBoundaryPoints(Range.END_TO_END, range) > 0) own.setEnd(range.endContainer, range.endOffset);
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(own.startContainer, own.startOffset);
  const start = before.toString().length;
  return wholeWords(element.textContent, start, start + own.toString().length, element.closest("[lang]").lang);
}
