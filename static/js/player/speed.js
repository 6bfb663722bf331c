/** Speeds from 0.5 to 3 by 0.25. Pure. */

export const SLOWEST = 0.5;
export const FASTEST = 3;
const STEP = 0.25;

/** The allowed speed nearest to what was asked or remembered; 1 for nonsense. */
export function allowed(speed) {
  const wanted = Number(speed);
  if (!Number.isFinite(wanted) || wanted <= 0) return 1;
  return Math.min(FASTEST, Math.max(SLOWEST, Math.round(wanted / STEP) * STEP));
}

/** One step faster (+1) or slower (-1), within the limits. */
export const stepped = (speed, direction) => allowed(allowed(speed) + direction * STEP);

/** "1.25×" */
export const label = (speed) => `${speed}×`;
