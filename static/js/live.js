/** The live page: clocks that run on between two refreshes. */
import { clock } from "./player/clock.js";

/** Seconds shown `now`, both in milliseconds, by a clock that showed `elapsed` seconds at `since`. Pure. */
export const shown = (elapsed, since, now) => elapsed + Math.max(0, now - since) / 1000;

function startClocks() {
  const began = new WeakMap();
  const draw = () => {
    for (const timer of document.querySelectorAll("[data-elapsed]")) {
      // Counted from when the server sent it: a device's own clock may be minutes off.
      if (!began.has(timer)) began.set(timer, performance.now());
      timer.textContent = clock(shown(Number(timer.dataset.elapsed), began.get(timer), performance.now()));
    }
  };
  setInterval(draw, 1000);
  document.addEventListener("htmx:load", draw);
  draw();
}

if (typeof document !== "undefined") startClocks();
