/** The sound of a recording: an <audio> element with the manners of a good player. */
import { following, placeOf, places, simple } from "./places.js";
import { landing } from "./silence.js";
import { allowed } from "./speed.js";

const REWIND_ON_RESUME = 1.5;
const RETRY_AFTER = 1000;

/**
 * Events: tick (time moved or was set), state (play, pause, speed, muted), waiting{on}, failed{code}.
 * Times are seconds. The server's duration counts: a browser guesses that of an MP3 without a table, and guesses wrong.
 */
export class Sound extends EventTarget {
  constructor(audio, duration, where = places("", false)) {
    super();
    this.audio = audio;
    this.where = where;
    this.source = audio.getAttribute("src")?.replace(/#.*/, "");
    this.base = 0;
    this.known = duration;
    this.loop = null;
    this.gaps = [];
    this.skipping = false;
    this.rewinds = false;
    this.retried = false;
    this.wanted = null;
    audio.preservesPitch = true;
    for (const name of ["play", "pause", "ratechange", "volumechange", "ended"]) {
      audio.addEventListener(name, () => this.#tell("state"));
    }
    for (const name of ["timeupdate", "seeked", "durationchange"]) audio.addEventListener(name, () => this.#moved());
    for (const name of ["waiting", "stalled"]) audio.addEventListener(name, () => this.#waiting(!audio.paused));
    for (const name of ["playing", "pause", "seeked", "canplay"]) audio.addEventListener(name, () => this.#waiting(false));
    audio.addEventListener("playing", () => { this.retried = false; });
    audio.addEventListener("play", () => this.#frames());
    audio.addEventListener("error", () => this.#failed());
    audio.addEventListener("loadedmetadata", () => {
      if (this.wanted !== null && !this.where.exact) audio.currentTime = this.wanted - this.base;
      this.wanted = null;
    });
    audio.addEventListener("ended", () => {
      const next = following(this.where, this.base);
      if (next === null) return;
      this.#load(next, next);
      this.play();
    });
    // The element began at the moment of the link, if there is one, which only a simple file has by itself.
    if (!simple(where) && audio.getAttribute("src")?.includes("#")) audio.src = this.source;
    if (audio.error || audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) this.#failed();
  }

  get time() {
    return this.wanted ?? this.base + this.audio.currentTime;
  }

  get duration() {
    return this.known || (Number.isFinite(this.audio.duration) ? this.audio.duration : 0);
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  /** Whether the last part has ended. */
  get finished() {
    return this.audio.ended && following(this.where, this.base) === null;
  }

  get speed() {
    return this.audio.playbackRate;
  }

  set speed(value) {
    this.audio.defaultPlaybackRate = allowed(value);
    this.audio.playbackRate = allowed(value);
  }

  /** Play; after a pause a little earlier, so that one hears the sentence again. Not after a seek: one chose that place. */
  play() {
    if (this.rewinds) this.#set(Math.max(0, this.time - REWIND_ON_RESUME));
    this.rewinds = false;
    return this.audio.play().catch(() => undefined);
  }

  pause() {
    this.rewinds = this.playing;
    this.audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Go to a time of the recording. Whether it plays does not change. */
  seek(time) {
    this.rewinds = false;
    this.#set(Math.min(Math.max(0, time), this.duration || time));
  }

  by(seconds) {
    this.seek(this.time + seconds);
  }

  #set(time) {
    const place = placeOf(this.where, time);
    // Before the first metadata a position cannot be kept by the element itself.
    if (!simple(this.where) && (this.where.exact || place !== this.base)) this.#load(place, time);
    else if (this.audio.readyState === HTMLMediaElement.HAVE_NOTHING) this.wanted = time;
    else this.audio.currentTime = time - this.base;
    this.#tell("tick");
  }

  /** Load the recording from a place, to go on at a time behind it. */
  #load(place, time) {
    const { audio } = this;
    const played = this.playing;
    this.base = place;
    audio.src = `${this.source}${this.source.includes("?") ? "&" : "?"}from=${place.toFixed(3)}`;
    this.wanted = this.where.exact ? place : time;
    if (played) audio.play().catch(() => undefined);
  }

  #moved() {
    const { loop, time } = this;
    if (this.playing && loop && time >= loop.to) this.#set(loop.from);
    else if (this.playing && this.skipping) {
      const to = landing(this.gaps, time);
      if (to !== null) this.#set(to);
    }
    this.#tell("tick");
  }

  /** While it plays the page moves with every frame; hidden pages get timeupdate alone. */
  #frames() {
    const frame = () => {
      if (!this.playing) return;
      this.#moved();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #waiting(on) {
    this.dispatchEvent(new CustomEvent("waiting", { detail: { on } }));
  }

  /** Once more from the same place; the second time the listener is told why. */
  #failed() {
    const { audio } = this;
    const played = !audio.paused;
    this.wanted = this.time;
    this.#waiting(false);
    if (this.retried) {
      this.dispatchEvent(new CustomEvent("failed", { detail: { code: audio.error?.code ?? 0 } }));
      return;
    }
    this.retried = true;
    setTimeout(() => {
      // The listener may have chosen another place meanwhile.
      const place = this.time;
      audio.load();
      this.wanted = place;
      if (played) this.play();
    }, RETRY_AFTER);
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name));
  }
}
