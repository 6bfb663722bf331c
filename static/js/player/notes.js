/** Notes beside the transcript: selecting a moment, the tools of a line, what htmx brings back. */
import { copy } from "../toast.js";
import { link } from "./quote.js";
import { Threads } from "./threads.js";

/** Events: comments{spans}, where the waveform shows them; lines, a text has changed; correct{index}, one asks to. */
export class Notes extends EventTarget {
  constructor(transcript, sound) {
    super();
    this.transcript = transcript;
    this.sound = sound;
    this.base = location.origin + location.pathname;
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.target.id === "notes") this.#arrived(event.target);
    });
    this.threads = transcript ? new Threads(transcript) : null;
    if (transcript) this.#lineTools();
  }

  /** Where comments are, as {from, to, text}. */
  spans() {
    return [...document.querySelectorAll(".thread[data-at]")].map(({ dataset }) =>
      ({ from: Number(dataset.at), to: dataset.end ? Number(dataset.end) : undefined, text: dataset.said }));
  }

  copyLink(t, end = null) {
    return copy(link(this.base, t, end), "Link copied");
  }

  /** Put the caret where one writes a comment: at its line, beside the player without lines. */
  open(t, end = null) {
    if (this.threads) {
      this.threads.write(t, end);
      return;
    }
    this.field = "comment-new";
    window.htmx.ajax("GET", link(this.base, t, end), { target: "#notes", swap: "outerHTML" });
  }

  /** After a swap: the transcript shows what was corrected, and the focus lands where one reads on. */
  #arrived(notes) {
    const selection = notes.querySelector("#selection");
    const text = notes.querySelector("#line-text")?.textContent;
    const { position, corrected } = selection.dataset;
    if (position !== undefined && text !== undefined) this.redraw(position, text, corrected === "1");
    this.threads?.place();
    const field = document.querySelector("#notes [aria-invalid=true], .thread [aria-invalid=true]") ?? document.getElementById(this.field);
    this.field = null;
    this.threads?.sent(field !== null);
    if (field) {
      field.closest("details")?.setAttribute("open", "");
      field.focus({ preventScroll: true });
      field.scrollIntoView({ block: "nearest" });
    }
    this.dispatchEvent(new CustomEvent("comments", { detail: { spans: this.spans() } }));
  }

  /** Show a line as it is now. */
  redraw(position, text, corrected) {
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
      else if (button.dataset.line === "correct") this.dispatchEvent(new CustomEvent("correct", { detail: { index } }));
      else this.open(t);
    });
    put(transcript.lines[Math.max(0, transcript.cursor)]);
  }
}
