/** What a visit leaves behind and takes along: what was heard, and whether the next recording plays by itself. */

const TELL_EVERY = 15_000;
const ADVANCE = "player-advance";

/** Each 15 s while playing, on a pause, at 90 %, and on leaving: `tell({seconds, position, done})`. */
export function reportPlayed(sound, meter, tell) {
  let told = false;
  const now = (leaving) => {
    const seconds = meter.take();
    const done = !meter.decided && (meter.done() || (leaving && meter.seconds() > 0));
    if (!seconds && !(done && !told)) return;
    told = done;
    tell({ seconds: seconds.toFixed(2), position: sound.time.toFixed(2), done: done ? "on" : "" });
  };
  setInterval(() => now(false), TELL_EVERY);
  sound.addEventListener("tick", () => { if (!told && !meter.decided && meter.done()) now(false); });
  sound.addEventListener("state", () => { if (!sound.playing) now(false); });
  window.addEventListener("pagehide", () => now(true));
}

/** When chosen by the button, the end of this recording opens the next one of the list, which then plays. */
export function playOn(button, sound, next) {
  const chosen = () => sessionStorage.getItem(ADVANCE) !== null;
  const draw = () => button.setAttribute("aria-pressed", String(chosen()));
  button.addEventListener("click", () => {
    if (chosen()) sessionStorage.removeItem(ADVANCE);
    else sessionStorage.setItem(ADVANCE, "chosen");
    draw();
  });
  sound.audio.addEventListener("ended", () => {
    if (!chosen() || sound.loop || !sound.finished) return;
    sessionStorage.setItem(ADVANCE, "play");
    next();
  });
  if (sessionStorage.getItem(ADVANCE) === "play") {
    sessionStorage.setItem(ADVANCE, "chosen");
    sound.play();
  }
  draw();
}

/** Why there is no sound, in a sentence. The element knows only that it failed (its error code): the server knows why. */
export async function cause(audio, code) {
  try {
    const url = (audio.currentSrc || audio.src).replace(/#.*/, "");
    // Without a range: one that the file does not have would be refused, and say nothing about the reason.
    const response = await fetch(url, { headers: { Accept: "text/plain" } });
    if (response.ok) await response.body?.cancel();
    if (response.redirected) return "You’re signed out. Sign in again to keep listening.";
    if (response.ok && response.headers.get("Content-Length") === "0") return "The stored file is empty.";
    if (response.ok && (code === MediaError.MEDIA_ERR_DECODE || code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED)) {
      return "This browser can’t play the file. It’s damaged or in an unsupported format.";
    }
    if (response.ok) return "The connection was lost. Your place is kept. Press Play to continue.";
    if (response.headers.get("Content-Type")?.startsWith("text/plain")) return await response.text();
    if (response.status === 404) return "You don’t have access to this recording, or it was deleted.";
  } catch {
    // Not even the server is reached: the sentence below says so.
  }
  return "Can’t reach the server. Your place is kept. Check your connection, then press Play.";
}
