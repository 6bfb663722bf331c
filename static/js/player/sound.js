/** The sound of a recording: an <audio> element with the manners of a good player. */
import { landing } from "./silence.js";
import { allowed } from "./speed.js";

const REWIND_ON_RESUME = 1.5;
const RETRY_AFTER = 1000;

/**
 * Events: tick (time moved or was set), state (play, pause, speed, muted), waiting{on}, failed{code}.
 * Times are seconds. The server's duration counts: a browser guesses that of an MP3 without a table, and guesses wrong.
 */
export class Sound extends EventTarget {
  constructor(audio, duration) {
    super();
    this.audio = audio;
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
      if (this.wanted !== null) audio.currentTime = this.wanted;
      this.wanted = null;
    });
    if (audio.error || audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) this.#failed();
  }

  get time() {
    return this.wanted ?? this.audio.currentTime;
  }

  get duration() {
    return this.known || (Number.isFinite(this.audio.duration) ? this.audio.duration : 0);
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
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
    // Before the first metadata a position cannot be kept by the element itself.
    if (this.audio.readyState === HTMLMediaElement.HAVE_NOTHING) this.wanted = time;
    else this.audio.currentTime = time;
    this.#tell("tick");
  }

  #moved() {
    const { loop, audio } = this;
    if (this.playing && loop && audio.currentTime >= loop.to) this.#set(loop.from);
    else if (this.playing && this.skipping) {
      const to = landing(this.gaps, audio.currentTime);
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
