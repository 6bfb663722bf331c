// Plays a hit where it stands: from its moment, in a bar at the foot of the search page.

import { PlayedMeter } from "./player/played.js";

const TELL_EVERY = 15_000; // milliseconds
const LEAD = 0.5; // seconds before the line, so that its first word is heard

/** The second of the mark nearest to where a strip was clicked; null when there is none. */
export function nearestMark(seconds, fraction, length) {
  const wanted = fraction * length;
  let best = null;
  for (const at of seconds) if (best === null || Math.abs(at - wanted) < Math.abs(best - wanted)) best = at;
  return best;
}

/** The seconds of a strip's marks, from its path: "M7.5 0v4M12 0v4". */
export function marksOf(path) {
  return path.split("M").slice(1).map((mark) => Number.parseFloat(mark));
}

/** Where what played of an audio address is reported. */
export function reportAddress(audio) {
  return audio.replace(/\/audio(\?.*)?$/, "/heard");
}

/** What is reported: seconds played since the last time, where that was, and whether it was played to its end. */
export function reported(seconds, position, done) {
  return new URLSearchParams({ seconds: seconds.toFixed(2), position: position.toFixed(2), done: done ? "on" : "" });
}

/** Wire the bar: buttons with data-play start it, the strip plays its nearest mark. */
export function startPlayInPlace(root = document) {
  const bar = root.getElementById("play-bar");
  if (!bar) return;
  const audio = bar.querySelector("audio");
  const title = bar.querySelector("[data-play-title]");
  const trouble = bar.querySelector("[data-play-trouble]");
  let heard = null; // what is played: its address to report to, and the meter
  let current = null; // the button whose line was started last: while it plays, it pauses

  const mark = () => {
    for (const button of root.querySelectorAll("[data-play]")) {
      const plays = button === current && !audio.paused;
      const sign = button.querySelector("use");
      sign.setAttribute("href", sign.getAttribute("href").replace(/#.*/, plays ? "#pause" : "#play"));
      button.setAttribute("aria-label", plays ? "Pause" : button.dataset.label);
    }
  };
  const play = (button, at) => {
    current = button;
    bar.hidden = false;
    trouble.textContent = "";
    // A row of the list says by its link what is played.
    const link = button.closest("tr")?.querySelector("a.row-open");
    title.textContent = button.dataset.title ?? link.textContent.replace(/\s+/g, " ").trim();
    title.href = button.dataset.href ?? link.href;
    if (audio.getAttribute("src") !== button.dataset.play) {
      report();
      audio.src = button.dataset.play;
      heard = { to: reportAddress(button.dataset.play), meter: new PlayedMeter(0) };
    }
    audio.currentTime = Math.max(0, at - LEAD);
    audio.play().catch(() => {});
    mark();
  };
  // Seconds of the audio that really played go to the trail, as those of the player of a recording's page do.
  const report = () => {
    const seconds = heard?.meter.take();
    if (!seconds) return;
    heard.meter.duration = audio.duration || 0;
    const body = reported(seconds, audio.currentTime, heard.meter.done());
    const token = JSON.parse(root.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
    fetch(heard.to, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  };
  const show = (part) => {
    for (const button of part.querySelectorAll("[data-play][hidden]")) {
      button.hidden = false;
      button.dataset.label = button.getAttribute("aria-label");
    }
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (button && button === current && !audio.paused) audio.pause();
    else if (button) play(button, Number(button.dataset.t));
    const strip = event.target.closest(".hit-strip");
    if (strip) {
      const buttons = [...strip.closest(".hit").querySelectorAll("[data-play]")];
      const box = strip.getBoundingClientRect();
      const marks = marksOf(strip.querySelector(".strip-marks").getAttribute("d"));
      const at = nearestMark(marks, (event.clientX - box.left) / box.width, strip.viewBox.baseVal.width);
      // Lines beyond those that are shown have no button of their own.
      const own = buttons.find((each) => Number(each.dataset.t) === at) ?? buttons[0];
      if (own && at !== null) play(own, at);
    }
    if (event.target.closest("[data-play-close]")) {
      audio.pause();
      bar.hidden = true;
    }
  });
  for (const change of ["play", "pause"]) audio.addEventListener(change, mark);
  audio.addEventListener("timeupdate", () => heard?.meter.at(audio.paused || audio.seeking ? null : audio.currentTime));
  audio.addEventListener("seeking", () => heard?.meter.at(null));
  audio.addEventListener("pause", report);
  setInterval(report, TELL_EVERY);
  window.addEventListener("pagehide", report);
  audio.addEventListener("error", async () => {
    // The server says in a sentence why there is no sound.
    const answer = await fetch(audio.src, { headers: { Range: "bytes=0-0" } }).catch(() => null);
    trouble.textContent = answer && !answer.ok ? await answer.text() : "The audio can’t be played.";
  });
  root.addEventListener("htmx:afterSwap", () => show(root));
  show(root);
}

/** The box says what is searched for: a chip writes into the query. The chip keeps the focus. */
export function startNarrowing(root = document) {
  const box = root.getElementById("q");
  if (!box) return;
  let chip = "";
  root.addEventListener("submit", (event) => {
    if (event.target.id === "narrow") chip = event.submitter?.closest(".narrow-chip")?.querySelector("details").id ?? "";
  }, true);
  // Of two days one is set after the other: their menu stays open.
  let input = "";
  root.addEventListener("change", (event) => {
    input = event.target.closest("#narrow .narrow-days") ? event.target.name : "";
  });
  root.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "hits") return;
    const query = new URL(event.detail.xhr.responseURL).searchParams.get("q") ?? "";
    if (root.activeElement !== box) box.value = query;
    root.getElementById(chip)?.querySelector("summary").focus();
    if (input) {
      root.getElementById("narrow-date").open = true;
      root.querySelector(`#narrow [name=${input}]`).focus();
    }
    chip = input = "";
  });
}

if (typeof document !== "undefined") {
  startPlayInPlace();
  startNarrowing();
}
