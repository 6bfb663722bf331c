/** Draws the canvases of the waveform. */
import { columns, owners, turns } from "./peaks.js";
import { share, ticks, whole } from "./view.js";

/** Pixels: a lane as high as its name, the bar in it, a column of the waveform with its gap. */
const LANE = 16;
const BAR = 6;
const COLUMN = 3;

export class Painter {
  constructor(root, starts, colours) {
    this.root = root;
    this.starts = starts;
    this.colours = colours;
    this.speakers = [...new Set(colours)].sort();
  }

  #ink(name) {
    return getComputedStyle(this.root.querySelector(`.ink-${name}`)).color;
  }

  #pen(name) {
    const canvas = this.root.querySelector(name);
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    return { pen, width, height };
  }

  /** Times, and a flag where a chapter begins. */
  ruler(view, chapters) {
    const { pen, width, height } = this.#pen(".wave-ruler canvas");
    pen.fillStyle = this.#ink("chapter");
    for (const time of chapters) {
      const x = share(time, view) * width;
      pen.fillRect(x - 1, 2, 2, height - 2);
      pen.fillRect(x + 1, 2, 6, 5);
    }
    pen.fillStyle = this.#ink("ruler");
    pen.font = getComputedStyle(this.root.querySelector(".wave-ruler")).font;
    for (const { time, text } of ticks(view, width)) {
      const x = share(time, view) * width;
      pen.fillRect(x, height - 5, 1, 5);
      const wide = pen.measureText(text).width;
      pen.fillText(text, Math.min(Math.max(0, x - wide / 2), width - wide), height - 8);
    }
  }

  /** The peaks, each column in the colour of who speaks there, or each lane in that of its side. */
  peaks(peaks, view, duration, sides) {
    this.#wave(this.#pen(".wave-slider > canvas"), peaks, view, duration, sides);
  }

  overview(peaks, duration, sides) {
    this.#wave(this.#pen(".wave-overview canvas"), peaks, whole(duration), duration, sides);
  }

  #wave({ pen, width, height }, peaks, view, duration, sides) {
    if (!peaks.length) {
      pen.fillStyle = this.#ink("rest");
      pen.fillRect(0, height / 2 - 1, width, 2);
      return;
    }
    const count = Math.floor(width / COLUMN);
    const speaking = owners(this.starts, this.colours, count, view);
    const shapes = new Map();
    const each = height / peaks.length;
    peaks.forEach((lane, i) => {
      const tallest = each - Math.min(4, each / 6);
      columns(lane, count, view.from / duration, view.to / duration).forEach((value, x) => {
        const tall = Math.max(1, value * tallest);
        const colour = sides?.[i] ?? speaking[x];
        if (!shapes.has(colour)) shapes.set(colour, new Path2D());
        shapes.get(colour).rect(x * COLUMN, i * each + (each - tall) / 2, COLUMN - 1, tall);
      });
    });
    this.#fill(pen, shapes);
  }

  /** Fill the shapes of each speaker in one go: a colour is read and set once, however many lines there are. */
  #fill(pen, shapes) {
    for (const [colour, shape] of shapes) {
      pen.fillStyle = this.#ink(colour ? `speaker-${colour}` : "rest");
      pen.fill(shape);
    }
  }

  /** A lane for each speaker. */
  lanes(view, duration) {
    const canvas = this.root.querySelector(".wave-lanes");
    canvas.style.height = `${this.speakers.length * LANE}px`;
    const { pen, width } = this.#pen(".wave-lanes");
    const x = (time) => share(time, view) * width;
    const shapes = new Map(this.speakers.map((speaker) => [speaker, new Path2D()]));
    const last = new Map();
    for (const turn of turns(this.starts, this.colours, duration)) {
      if (turn.to < view.from || turn.from > view.to) continue;
      const [from, to] = [x(turn.from), x(turn.to) - 1];
      // Of the thousands of turns of a long call many fall on one pixel.
      if (to < from + 1 && Math.floor(from) === last.get(turn.speaker)) continue;
      last.set(turn.speaker, Math.floor(from));
      const y = this.speakers.indexOf(turn.speaker) * LANE + (LANE - BAR) / 2;
      shapes.get(turn.speaker).rect(from, y, Math.max(1, to - from), BAR);
    }
    this.#fill(pen, shapes);
  }
}
