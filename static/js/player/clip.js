/** The form of a clip takes over A and B of the player, which its root carries in seconds. */
import { precise } from "./clock.js";

const player = document.getElementById("player");
const form = document.querySelector("[data-clip]");

function fill() {
  const { loopStart, loopEnd } = player.dataset;
  if (loopStart === undefined || loopEnd === undefined) return;
  const [from, to] = [Number(loopStart), Number(loopEnd)].sort((one, other) => one - other);
  form.elements.t.value = precise(from);
  form.elements.end.value = precise(to);
}

if (player && form) {
  new MutationObserver(fill).observe(player, { attributes: true, attributeFilter: ["data-loop-start", "data-loop-end"] });
}
