/** Notes beside the transcript: selecting a span, tools on lines and selections, what htmx brings back. */
import { copy } from "../toast.js";
import { lineEnd } from "./lines.js";
import { link, quote } from "./quote.js";

/** Event: comments{spans}: where the waveform shows them. */
export class Notes extends EventTarget {
  constructor(transcript, sound) {
    super();
    this.transcript = transcript;
    this.sound = sound;
    this.base = location.origin + location.pathname;
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.target.id === "notes") this.#arrived(event.target);
    });
    if (transcript) {
      this.#lineTools();
      this.#selectionTools();
    }
  }

  /** Where comments are, as {from, to, text}. */
  spans() {
    return [...document.querySelectorAll("#comments [data-at]")].map(({ dataset }) =>
      ({ from: Number(dataset.at), to: dataset.end ? Number(dataset.end) : undefined, text: dataset.said }));
  }

  copyLink(t, end = null) {
    return copy(link(this.base, t, end), "Link copied");
  }

  /** Open the selection beside the transcript, and put the caret where one writes. */
  open(t, end = null, field = "comment-text") {
    const url = link(this.base, t, end);
    this.field = field;
    return window.htmx.ajax("GET", url, { target: "#notes", swap: "outerHTML" });
  }

  /** After a swap: the transcript shows what was corrected, and the focus lands where one reads on. */
  #arrived(notes) {
    const selection = notes.querySelector("#selection");
    const text = notes.querySelector("#line-text")?.textContent;
    if (selection.dataset.position !== undefined && text !== undefined) this.#redraw(selection.dataset, text);
    const field = this.field && document.getElementById(this.field);
    this.field = null;
    if (field) {
      field.closest("details")?.setAttribute("open", "");
      field.focus({ preventScroll: true });
      field.scrollIntoView({ block: "nearest" });
    }
    this.dispatchEvent(new CustomEvent("comments", { detail: { spans: this.spans() } }));
  }

  #redraw({ position, corrected }, text) {
    const line = document.getElementById(`l${position}`);
    if (!line) return;
    if (line.children[2].textContent !== text) line.children[2].textContent = text;
    const sign = line.querySelector(":scope > i");
    if (corrected && !sign) {
      const added = document.createElement("i");
      added.textContent = "corrected";
      line.children[2].after(added);
    } else if (!corrected) sign?.remove();
    this.dispatchEvent(new CustomEvent("lines"));
  }

  #lineTools() {
    const { transcript } = this;
    const template = document.getElementById("line-tools");
    if (!template) return;
    const tools = template.content.firstElementChild.cloneNode(true);
    // Not again where they are: a button that is moved between press and release is never clicked.
    const put = (line) => { if (line && line !== tools.parentElement) line.append(tools); };
    transcript.addEventListener("cursor", ({ detail }) => put(transcript.lines[detail.index]));
    transcript.list.addEventListener("pointerover", (event) => {
      const index = event.pointerType === "mouse" ? transcript.lineOf(event.target) : -1;
      if (index >= 0 && !tools.contains(document.activeElement)) put(transcript.lines[index]);
    });
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const index = transcript.lineOf(tools);
      const t = transcript.starts[index];
      transcript.moveCursor(index);
      if (button.dataset.line === "link") this.copyLink(t);
      else this.open(t, null, button.dataset.line === "correct" ? "correct-text" : "comment-text");
    });
    put(transcript.lines[Math.max(0, transcript.cursor)]);
  }

  #selectionTools() {
    const bar = document.getElementById("selection-tools");
    const { transcript, sound } = this;
    transcript.addEventListener("selection", ({ detail }) => {
      if (bar.contains(document.activeElement)) return;
      this.selected = detail.lines;
      bar.hidden = !detail.lines.length;
      if (bar.hidden) return;
      const box = getSelection().getRangeAt(0).getBoundingClientRect();
      const top = Math.max(8, Math.min(box.bottom + 8, window.innerHeight - 56));
      bar.style.insetBlockStart = `${top}px`;
      bar.style.insetInlineStart = `${Math.max(8, Math.min(box.left, window.innerWidth - bar.offsetWidth - 8))}px`;
    });
    // The buttons take no focus and so leave the selection as it is.
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || !this.selected?.length) return;
      const { from, to } = this.span();
      if (button.dataset.selection === "quote") copy(quote(this.selected, link(this.base, from, to)), "Quote copied");
      else if (button.dataset.selection === "comment") this.open(from, to);
      else this.dispatchEvent(new CustomEvent("loop", { detail: { from, to: Math.min(to, sound.duration || to) } }));
      getSelection().removeAllRanges();
    });
  }

  /** From the start of the first selected line to the end of the last one. */
  span() {
    const { transcript, selected, sound } = this;
    return {
      from: transcript.starts[selected[0].index],
      to: lineEnd(transcript.starts, selected.at(-1).index, sound.duration),
    };
  }
}
