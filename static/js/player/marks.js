/** A and B on the page: their times, which can be typed, and what one does with the span between them. */
import { say } from "../toast.js";
import { clock, precise, spoken } from "./clock.js";
import { NONE, placed, spanOf, typed } from "./span.js";

/** Event: change. The player's root carries the span as data-loop-start and data-loop-end, in seconds. */
export class Marks extends EventTarget {
  constructor(root, sound) {
    super();
    this.root = root;
    this.sound = sound;
    this.bar = root.querySelector("[data-span]");
    this.error = this.bar.querySelector("[data-span-error]");
    this.at = NONE;
    for (const input of this.bar.querySelectorAll("input")) {
      input.addEventListener("change", () => this.#type(input));
    }
  }

  get span() {
    return spanOf(this.at);
  }

  /** Set "a" or "b" where it plays. */
  place(name, time = this.sound.time) {
    this.set(placed(this.at, name, time));
    say(`Selection ${name === "a" ? "start" : "end"} set at ${spoken(time)}`);
  }

  clear() {
    if (this.bar.hidden) return;
    this.set(NONE);
    say("Selection cleared");
  }

  set(at) {
    const had = this.bar.contains(document.activeElement);
    this.at = at;
    const { dataset } = this.root;
    for (const [name, key] of [["a", "loopStart"], ["b", "loopEnd"]]) {
      const input = this.#input(name);
      input.value = at[name] === null ? "" : precise(at[name]);
      input.removeAttribute("aria-invalid");
      if (at[name] === null) delete dataset[key];
      else dataset[key] = at[name].toFixed(2);
    }
    this.error.hidden = true;
    this.bar.hidden = at.a === null && at.b === null;
    const { span } = this;
    this.bar.querySelector("[data-span-length]").textContent = span ? clock(span.to - span.from) : "";
    for (const button of this.bar.querySelectorAll("[data-needs-span]")) button.disabled = !span;
    if (had && this.bar.hidden) this.root.querySelector("[data-do=setA]").focus();
    this.dispatchEvent(new CustomEvent("change"));
  }

  #input(name) {
    return this.bar.querySelector(`[data-mark-time=${name}]`);
  }

  /** An empty box takes the mark away; a time that is none is said at its box and changes nothing. */
  #type(input) {
    const name = input.dataset.markTime;
    const text = input.value.trim();
    const time = text ? typed(text, this.sound.duration) : null;
    if (text && time === null) {
      input.setAttribute("aria-invalid", "true");
      this.error.textContent = `Enter a time like 1:23.5, up to ${clock(this.sound.duration)}.`;
      this.error.hidden = false;
    } else if (time === null) this.set({ ...this.at, [name]: null });
    else this.place(name, time);
  }
}
