/** Whether the transcript follows the sound. Pure: (state, event) → state. No timer ever turns it on again. */

export const EDGE = 84;
const REST = 0.25;

/** `target` is the line that the reader scrolled to; following resumes when the sound gets there. */
export const start = () => ({ on: true, selecting: false, finding: false, target: null, active: -1 });

/** True when a change of line may scroll. */
export const scrolls = (state) => state.on && !state.selecting && !state.finding;

/** True when the chip "Jump to playback position" is shown. */
export const offersReturn = (state) => !state.on;

/** Events: scrolled{target}, now, line{index}, spoken{index}, selecting{value}, finding{value}, toggle. */
export function follow(state, event) {
  switch (event.type) {
    case "scrolled":
      return { ...state, on: false, target: event.target };
    case "now":
      return { ...state, on: true, target: null };
    case "toggle":
      return { ...state, on: !state.on, target: null };
    case "line":
      return { ...state, on: true, target: null, active: event.index };
    case "spoken": {
      const reached = !state.on && state.target !== null && state.active < state.target && event.index >= state.target;
      return { ...state, active: event.index, ...(reached ? { on: true, target: null } : {}) };
    }
    case "selecting":
      return { ...state, selecting: event.value };
    case "finding":
      return { ...state, finding: event.value };
    default:
      throw new Error(`No such event: ${event.type}`);
  }
}

/**
 * How far to scroll so that the line is read in comfort; 0 while it stays inside the band.
 * All are pixels from the top of the window: the line's top and bottom, the pane's top and bottom.
 */
export function scrollBy(line, pane) {
  const inside = line.top >= pane.top + EDGE && line.bottom <= pane.bottom - EDGE;
  if (inside) return 0;
  return Math.round(line.top - (pane.top + (pane.bottom - pane.top) * REST));
}
