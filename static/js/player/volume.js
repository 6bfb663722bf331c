/** How loud it plays: all of it, and in stereo each side of the call by itself. */

const STORE = "player-volume";

/** A number of percent from what was kept; 100 for nonsense. Pure. */
export function kept(text) {
  const percent = Number(text);
  return text !== null && text !== "" && percent >= 0 && percent <= 100 ? percent : 100;
}

export class Volume {
  constructor(root, audio) {
    this.audio = audio;
    this.slider = root.querySelector("[data-volume]");
    this.sides = [...root.querySelectorAll("[data-side]")];
    this.slider.addEventListener("input", () => {
      audio.muted = false;
      this.#set(Number(this.slider.value));
      localStorage.setItem(STORE, this.slider.value);
    });
    this.#set(kept(localStorage.getItem(STORE)));
    // Phones leave it to their own keys.
    audio.volume = 0.5;
    this.slider.hidden = audio.volume !== 0.5;
    this.#set(Number(this.slider.value));
    for (const side of this.sides) side.addEventListener("input", () => this.#mix());
  }

  /** Name the sides, left first, once it is known whose they are. */
  name(names) {
    this.sides.forEach((side, i) => { side.labels[0].firstElementChild.textContent = names[i]; });
  }

  #set(percent) {
    this.slider.value = String(percent);
    this.slider.setAttribute("aria-valuetext", `${percent}%`);
    this.audio.volume = percent / 100;
  }

  /** Both sides are heard in both ears then: who turns one down would sit with a dead ear. */
  #mix() {
    this.gains ??= this.#split();
    this.sides.forEach((side, i) => {
      this.gains[i].gain.value = Number(side.value) / 100;
      side.setAttribute("aria-valuetext", `${side.value}%`);
    });
  }

  #split() {
    const context = new AudioContext();
    const both = context.createChannelSplitter(2);
    context.createMediaElementSource(this.audio).connect(both);
    const gains = [0, 1].map((channel) => {
      const gain = context.createGain();
      both.connect(gain, channel);
      gain.connect(context.destination);
      return gain;
    });
    // Browsers start it with a gesture, which moving a slider is; and suspend it while a tab sleeps.
    context.resume();
    this.audio.addEventListener("play", () => context.resume());
    return gains;
  }
}
