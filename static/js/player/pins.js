/** The marks under the waveform: comments, matches and corrections, each large enough to hit. */
import { clock } from "./clock.js";
import { share, within } from "./view.js";

/** Pixels of one mark; marks that would overlap are one. */
const WIDE = 24;

/** Items {time, kind, text} as clusters [{x, items}], `x` the middle of each in pixels. Pure. */
export function clustered(items, view, width, wide = WIDE) {
  const seen = items.filter(({ time }) => within(time, view)).sort((one, other) => one.time - other.time);
  const out = [];
  for (const item of seen) {
    const x = Math.min(Math.max(share(item.time, view) * width, wide / 2), width - wide / 2);
    const last = out.at(-1);
    if (last && x - last.x < wide) last.items.push(item);
    else out.push({ x, items: [item] });
  }
  return out;
}

/** The item that a press of a cluster goes to: the next one after the time, round and round. Pure. */
export const following = (items, time) => items.find((item) => item.time > time + 0.05) ?? items[0];

/** A bar as long as a comment's span. */
function spanned({ time, to, kind }, view) {
  const bar = document.createElement("i");
  const from = Math.max(0, share(time, view));
  bar.className = `pin-span pin-${kind}`;
  bar.style.insetInlineStart = `${from * 100}%`;
  bar.style.inlineSize = `${(Math.min(1, share(to, view)) - from) * 100}%`;
  return bar;
}

/** Event: pin{time}. For pointers alone: by keyboard each of them is reached in the transcript, or by find. */
export class Pins extends EventTarget {
  constructor(root, icons, time) {
    super();
    this.root = root;
    this.icons = icons;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.dispatchEvent(new CustomEvent("pin", { detail: following(button.items, time()) }));
    });
  }

  draw(items, view, width) {
    const buttons = clustered(items, view, width).map(({ x, items: held }) => this.#button(x, held));
    const spans = items.filter(({ time, to }) => to > view.from && time < view.to).map((item) => spanned(item, view));
    this.root.replaceChildren(...spans, ...buttons);
  }

  #button(x, items) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.className = `pin pin-${items[0].kind}`;
    button.style.insetInlineStart = `${x}px`;
    button.title = items.slice(0, 5).map(({ time, text }) => `${clock(time)} ${text}`).join("\n");
    button.items = items;
    const icon = this.icons.content.querySelector(`[data-kind=${items[0].kind}]`).cloneNode(true);
    button.append(items.length > 1 ? String(Math.min(items.length, 99)) : icon);
    return button;
  }
}
