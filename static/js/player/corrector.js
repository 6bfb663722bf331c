/** Correcting words where they stand: a box in the line, Enter saves, Escape leaves everything as it was. */
import { say } from "../toast.js";

/** The text with a part of it replaced. Pure. */
export const replaced = (text, start, end, by) => text.slice(0, start) + by + text.slice(end);

/** Event: corrected{index, text, original}: the line now has this text; `original` is whether it is Sinch's again. */
export class Corrector extends EventTarget {
  /** `send(url, values)` posts and gives the response, undefined when the server was not reached. */
  constructor(transcript, { correct, revert, send }) {
    super();
    this.transcript = transcript;
    this.urls = { correct, revert };
    this.send = send;
  }

  /** Open a box on a part of a line's text, on all of it without one. */
  open(index, part = null) {
    this.close();
    const line = this.transcript.lines[index];
    const said = line.children[2];
    const text = said.textContent;
    const { start, end } = part ?? { start: 0, end: text.length };
    const box = document.getElementById("fix").content.firstElementChild.cloneNode(true);
    const input = box.querySelector("input");
    box.querySelector("[data-before]").textContent = text.slice(0, start);
    box.querySelector("[data-after]").textContent = text.slice(end);
    box.classList.toggle("is-whole", start === 0 && end === text.length);
    input.value = text.slice(start, end);
    input.size = Math.max(4, Math.min(60, input.value.length + 2));
    said.hidden = true;
    said.after(box);
    this.at = { index, line, said, box, input, text, start, end };
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") this.save();
      else this.close({ focus: true });
    });
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.fix === "save") this.save();
      else if (button) this.close({ focus: true });
    });
    input.focus();
    input.select();
  }

  /** Put the line back; with `focus` one goes on at its time. */
  close({ focus = false } = {}) {
    if (!this.at) return;
    const { line, said, box } = this.at;
    this.at = null;
    box.remove();
    said.hidden = false;
    if (focus) line.firstElementChild.focus({ preventScroll: true });
  }

  async save() {
    const { index, line, input, text, start, end } = this.at;
    const now = replaced(text, start, end, input.value).replace(/\s+/g, " ").trim();
    if (now === text) {
      this.close({ focus: true });
      return;
    }
    if (!now) {
      say("A line can’t be empty. Enter what was said, or press Escape.");
      return;
    }
    const wasCorrected = line.querySelector(":scope > i") !== null;
    if (!(await this.#post(this.urls.correct, index, now))) return;
    if (this.at?.index === index) this.close({ focus: true });
    this.#tell(index, now, false);
    say("Corrected. The original is kept.", async () => {
      const undone = wasCorrected
        ? await this.#post(this.urls.correct, index, text)
        : await this.#post(this.urls.revert, index);
      if (!undone) return;
      this.#tell(index, text, !wasCorrected);
      say("Correction undone");
    });
  }

  #tell(index, text, original) {
    this.dispatchEvent(new CustomEvent("corrected", { detail: { index, text, original } }));
  }

  async #post(url, index, text) {
    const position = this.transcript.lines[index].id.slice(1);
    const response = await this.send(url, text === undefined ? { position } : { position, text });
    if (response?.ok) return true;
    say(response ? await reason(response) : "Can’t reach the server. Nothing was changed. Try again.");
    return false;
  }
}

async function reason(response) {
  const sentence = response.headers.get("Content-Type")?.startsWith("text/plain") ? await response.text() : "";
  return sentence || "The correction wasn’t saved. Reload the page and try again.";
}
