/** The recording page: wires sound, waveform, transcript, find and keys to what the server rendered. */
import { say } from "../toast.js";
import { clock, left, selectedSpan, spoken } from "./clock.js";
import { Corrector } from "./corrector.js";
import { wordsOf } from "./find.js";
import { Finder } from "./finder.js";
import { PlayedMeter } from "./played.js";
import { lineEnd, neighbour } from "./lines.js";
import { Marks } from "./marks.js";
import { Notes } from "./notes.js";
import { places } from "./places.js";
import { SelectionTools } from "./selection.js";
import { startShortcuts } from "./shortcuts.js";
import { plan, saved } from "./silence.js";
import { Sound } from "./sound.js";
import { drawn, placed } from "./span.js";
import { label, stepped } from "./speed.js";
import { Transcript } from "./transcript.js";
import { cause, playOn, reportPlayed } from "./visit.js";
import { Volume } from "./volume.js";
import { Waveform } from "./waveform.js";

const SPINNER_AFTER = 500;

const root = document.getElementById("player");
const $ = (selector) => root.querySelector(selector);
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
const post = (url, values) =>
  fetch(url, { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": token(), Accept: "text/plain" }, keepalive: true }).catch(() => undefined);

class RecordingPage {
  constructor(audio) {
    const { dataset } = root;
    this.link = selectedSpan(location.search);
    audio.controls = false;
    this.sound = new Sound(audio, Number(dataset.duration) || 0, places(dataset.parts, dataset.exact === "1"));
    const list = document.getElementById("lines");
    this.transcript = list ? new Transcript(list, { deck: root, chip: document.getElementById("now") }) : null;
    this.wave = new Waveform($(".wave"), this.sound, this.transcript);
    this.volume = new Volume(root, audio);
    this.finder = this.transcript ? new Finder($("[data-find]"), this.transcript) : null;
    this.notes = new Notes(this.transcript, this.sound);
    this.meter = new PlayedMeter(this.sound.duration);
    this.marks = new Marks(root, this.sound);
    this.commands = this.#commands();
    this.sound.speed = Number(dataset.speed) || 1;
    this.sound.skipping = dataset.skip === "1";
    this.#listen();
    this.#controls();
    if (this.transcript) this.#words();
    startShortcuts(this.commands);
    reportPlayed(this.sound, this.meter, (progress) => {
      post(dataset.progress, progress);
      if (progress.done) this.#showPlayed();
    });
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.target.id !== "played") return;
      // Whoever says whether it is played need not be contradicted by what this visit plays.
      this.meter.decided = true;
      say(event.target.querySelector("button").value === "no" ? "Marked as played" : "Marked as not played");
    });
    const advance = document.querySelector("[data-advance]");
    if (advance) playOn(advance, this.sound, () => this.#walk("next"));
    this.#arrive();
    if (dataset.peaks) this.wave.load(dataset.peaks).then((raw) => this.#heard(raw));
    this.#markNotes();
    // What stands beside the transcript sticks beneath the deck, however tall find makes it.
    new ResizeObserver(() => document.body.style.setProperty("--deck", `${root.offsetHeight}px`)).observe(root);
    this.#drawState();
    this.#tick();
    root.dataset.ready = "1";
  }

  /** Where the link points: seek, scroll, mark the span, fill find; never play by itself. */
  #arrive() {
    const { t, q } = this.link;
    if (t !== null) this.sound.seek(t);
    else this.#offerContinue();
    this.transcript?.show(this.sound.time);
    if (this.link.end !== null) this.marks.set({ a: this.link.t, b: this.link.end });
    if (t !== null && this.transcript) requestAnimationFrame(() => this.transcript.reveal(this.transcript.active));
    if (q && this.finder) this.finder.openBest(wordsOf(q));
  }

  #offerContinue() {
    const at = Number(root.dataset.resume);
    if (!at) return;
    const button = $("[data-continue]");
    button.hidden = false;
    button.lastElementChild.textContent = clock(at);
    button.addEventListener("click", () => {
      this.#go(at);
      this.sound.play();
    });
    this.sound.addEventListener("state", () => { if (this.sound.playing) button.hidden = true; });
  }

  /** A and B on the waveform; the lines between them carry a mark. A loop follows, or ends without both. */
  #markSpan() {
    const { marks, sound } = this;
    const { span } = marks;
    if (sound.loop) this.#loop(span);
    this.wave.mark({ span: sound.loop ?? span, ...marks.at });
    const { starts, lines } = this.transcript ?? { starts: [], lines: [] };
    starts.forEach((at, i) => {
      const inside = span !== null && at < span.to && lineEnd(starts, i, sound.duration) > span.from;
      lines[i].classList.toggle("in-span", inside);
    });
  }

  /** What the waveform tells: the silences, and in stereo whose side is whose. */
  #heard(raw) {
    const names = this.wave.sideNames();
    if (names) this.volume.name(names);
    this.sound.gaps = plan(raw, this.sound.duration);
    const total = saved(this.sound.gaps);
    $("[data-saved]").textContent = total >= 1 ? `saves ${clock(total)}` : "";
    $("[data-do=skip]").disabled = total < 1;
  }

  #listen() {
    const { sound, transcript, wave, finder, marks, notes } = this;
    sound.addEventListener("tick", () => this.#tick());
    sound.addEventListener("state", () => this.#drawState());
    sound.addEventListener("waiting", (event) => this.#wait(event.detail.on));
    sound.addEventListener("failed", (event) => this.#explain(event.detail.code));
    wave.addEventListener("seek", (event) => this.#go(event.detail.time));
    wave.addEventListener("span", ({ detail }) => {
      const at = drawn(detail.from, detail.to);
      if (at) marks.set(at);
    });
    wave.addEventListener("mark", ({ detail }) => marks.set(placed(marks.at, detail.name, detail.time)));
    marks.addEventListener("change", () => this.#markSpan());
    transcript?.addEventListener("seek", (event) => this.#go(transcript.starts[event.detail.index]));
    transcript?.addEventListener("follow", (event) => {
      $("[data-do=follow]").setAttribute("aria-pressed", String(event.detail.on));
    });
    notes.addEventListener("comments", () => this.#markNotes());
    notes.addEventListener("lines", () => finder?.forget());
    finder?.addEventListener("matches", (event) => wave.mark({ matches: event.detail.matches }));
    finder?.addEventListener("play", (event) => {
      transcript.choose(event.detail.index);
      this.#go(transcript.starts[event.detail.index]);
      sound.play();
    });
  }

  /** What is done with selected words, and to a line's text. */
  #words() {
    const { transcript, sound, marks, notes, finder } = this;
    const tools = new SelectionTools(document.getElementById("selection-tools"), transcript, sound);
    const set = ({ from, to }) => marks.set({ a: from, b: to });
    tools.addEventListener("comment", ({ detail }) => notes.open(detail.from, detail.to));
    tools.addEventListener("loop", ({ detail }) => {
      set(detail);
      this.#loop(marks.span);
      sound.seek(detail.from);
    });
    tools.addEventListener("clip", ({ detail }) => {
      set(detail);
      const clip = document.getElementById("clip");
      clip.open = true;
      clip.scrollIntoView({ block: "nearest" });
      clip.querySelector("button").focus({ preventScroll: true });
    });
    const fix = document.getElementById("fix")?.content.firstElementChild.dataset;
    if (!fix) return;
    const corrector = new Corrector(transcript, { ...fix, send: post });
    tools.addEventListener("correct", ({ detail }) => corrector.open(detail.index, detail.part));
    notes.addEventListener("correct", ({ detail }) => corrector.open(detail.index));
    corrector.addEventListener("corrected", ({ detail }) => {
      notes.redraw(transcript.lines[detail.index].id.slice(1), detail.text, !detail.original);
      finder.forget();
      this.#markNotes();
    });
  }

  /** Comments and corrections on the waveform. */
  #markNotes() {
    const corrected = [...document.querySelectorAll("#lines li > i")].map((sign) =>
      ({ from: Number(sign.parentElement.firstElementChild.value), text: "Corrected" }));
    this.wave.mark({ comments: this.notes.spans(), corrections: corrected });
  }

  #go(time) {
    this.meter.at(null);
    if (this.sound.loop && (time < this.sound.loop.from || time > this.sound.loop.to)) this.#loop(null);
    this.sound.seek(time);
  }

  #tick() {
    const { sound } = this;
    const { time } = sound;
    this.wave.show(time);
    this.transcript?.show(time);
    this.meter.at(sound.playing ? time : null);
    const whole = Math.floor(time * 2);
    if (whole === this.drawn && sound.duration === this.drawnDuration) return;
    this.drawn = whole;
    this.drawnDuration = sound.duration;
    $("[data-clock]").textContent = clock(time);
    $("[data-total]").textContent = clock(sound.duration);
    const rest = left(time, sound.duration, sound.speed);
    $("[data-left]").textContent = `−${clock(rest)}${sound.speed === 1 ? "" : ` at ${label(sound.speed)}`}`;
    this.#drawPlay();
  }

  #drawState() {
    const { sound } = this;
    for (const [name, shown] of [["playing", sound.playing], ["paused", !sound.playing], ["muted", sound.audio.muted], ["sounding", !sound.audio.muted]]) {
      for (const element of root.querySelectorAll(`[data-when=${name}]`)) element.hidden = !shown;
    }
    $("[data-do=mute]").setAttribute("aria-pressed", String(sound.audio.muted));
    $("[data-do=skip]").setAttribute("aria-pressed", String(sound.skipping));
    $("[data-do=loop]").setAttribute("aria-pressed", String(sound.loop !== null));
    $("[data-speed-label]").textContent = label(sound.speed);
    $("[data-speed-label]").setAttribute("aria-label", `Speed ${label(sound.speed)}, back to 1×`);
    if (!sound.playing) this.meter.at(null);
    this.drawn = null;
    this.#tick();
  }

  /** "Play from 12:34" where a link or a seek put the sound and nothing was played yet. */
  #drawPlay() {
    const { sound } = this;
    const from = !sound.playing && sound.time >= 1 && !sound.audio.played.length;
    $("[data-play-label]").textContent = sound.playing ? "Pause" : from ? `Play from ${clock(sound.time)}` : "Play";
  }

  #wait(on) {
    clearTimeout(this.waiting);
    $("[data-waiting]").hidden = true;
    if (on) this.waiting = setTimeout(() => { $("[data-waiting]").hidden = false; }, SPINNER_AFTER);
  }

  async #explain(code) {
    const alert = $("[data-failure]");
    alert.textContent = await cause(this.sound.audio, code);
    alert.hidden = false;
    this.sound.retried = false;
    this.sound.audio.addEventListener("playing", () => { alert.hidden = true; }, { once: true });
  }

  #loop(span) {
    this.sound.loop = span;
    this.wave.mark({ span: span ?? this.marks.span });
    this.#drawState();
  }

  #toggleLoop() {
    const { sound, transcript } = this;
    if (sound.loop) {
      this.#loop(null);
      say("Loop off");
      return;
    }
    const index = Math.max(0, transcript?.active ?? 0);
    const line = transcript?.starts.length
      ? { from: transcript.starts[index], to: lineEnd(transcript.starts, index, sound.duration) }
      : { from: sound.time, to: Math.min(sound.time + 10, sound.duration) };
    const span = this.marks.span ?? line;
    this.#loop(span);
    if (sound.time < span.from || sound.time > span.to) sound.seek(span.from);
    say(`Loop from ${spoken(span.from)} to ${spoken(span.to)}`);
  }

  #speed(value) {
    this.sound.speed = value;
    this.#remember();
    say(`Speed ${label(this.sound.speed)}`);
  }

  #remember() {
    clearTimeout(this.remembering);
    const values = { speed: this.sound.speed, skip_silence: this.sound.skipping ? "on" : "" };
    this.remembering = setTimeout(() => post(root.dataset.settings, values), 400);
  }

  #skip() {
    const { sound } = this;
    if ($("[data-do=skip]").disabled) {
      say("No silence to skip");
      return;
    }
    sound.skipping = !sound.skipping;
    this.#remember();
    this.#drawState();
    say(`Skip silence ${sound.skipping ? "on" : "off"}`);
  }

  #line(step) {
    const { transcript, sound } = this;
    const index = step === 0 ? Math.max(0, transcript.active) : neighbour(transcript.starts, sound.time, step, transcript.chosen);
    if (index === null) return;
    transcript.choose(index);
    this.#go(transcript.starts[index]);
    if (step === 0) sound.play();
  }

  /** Name → what it does; only what this page has. */
  #commands() {
    const { sound, transcript, finder, marks, notes } = this;
    const walks = ["next", "previous"].filter((way) => document.querySelector(`a[data-review=${way}]`));
    return {
      toggle: () => sound.toggle(),
      back10: () => this.#go(sound.time - 10),
      forward10: () => this.#go(sound.time + 10),
      back5: () => this.#go(sound.time - 5),
      forward5: () => this.#go(sound.time + 5),
      slower: () => this.#speed(stepped(sound.speed, -1)),
      faster: () => this.#speed(stepped(sound.speed, 1)),
      normalSpeed: () => this.#speed(1),
      zoomIn: () => this.wave.zoom(1),
      zoomOut: () => this.wave.zoom(-1),
      mute: () => { sound.audio.muted = !sound.audio.muted; },
      skip: () => this.#skip(),
      loop: () => this.#toggleLoop(),
      setA: () => marks.place("a"),
      setB: () => marks.place("b"),
      clearSpan: () => marks.clear(),
      played: () => document.querySelector("#played button").click(),
      copySpan: () => notes.copyLink(marks.span.from, marks.span.to),
      ...Object.fromEntries(walks.map((way) => [`${way}Recording`, () => this.#walk(way)])),
      ...("mayComment" in root.dataset && {
        comment: () => notes.open(sound.time),
        commentSpan: () => notes.open(marks.span.from, marks.span.to),
      }),
      ...(transcript && {
        previousLine: () => this.#line(-1),
        nextLine: () => this.#line(1),
        replayLine: () => this.#line(0),
        find: () => finder.open(),
        nextMatch: () => finder.move(1),
        previousMatch: () => finder.move(-1),
        follow: () => transcript.toggleFollow(),
        now: () => transcript.now(),
      }),
    };
  }

  /** The button of the mark, as the server would draw it now. */
  #showPlayed() {
    const button = document.getElementById("played-button");
    button.value = "no";
    button.setAttribute("aria-pressed", "true");
    button.title = "Mark as not played (H)";
    button.lastChild.textContent = " Played";
  }

  #walk(way) {
    document.querySelector(`a[data-review=${way}]`)?.click();
  }

  #controls() {
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.commands[button.dataset.do]?.();
    });
    // Times elsewhere on the page (comments) are the same buttons as those of lines: without JavaScript they ask the server.
    document.addEventListener("click", (event) => {
      const time = event.target.closest("button[form=seek]");
      if (!time || time.closest(".ln")) return;
      event.preventDefault();
      this.#go(Number(time.value));
      this.transcript?.now();
    });
    document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  }
}

/** On a phone what is said comes first: what is known about the call is folded. */
if (matchMedia("(max-width: 899px)").matches) {
  for (const fold of document.querySelectorAll(".rec-side details.panel[open]")) fold.open = false;
}

const audio = document.getElementById("audio");
if (audio) window.recordingPage = new RecordingPage(audio);
