// The list by keyboard: j and k walk, x selects, o or Enter opens, Space plays; the row in hand is the one with focus.
import { addShortcuts, isTyping, keysEnabled } from "./keys.js";

/** The index to go to from `current` of `count` rows, `step` down or up; it stays within the list. Pure. */
export function nextRow(current, step, count) {
  if (count === 0) return -1;
  return Math.max(0, Math.min(count - 1, current < 0 ? (step > 0 ? 0 : count - 1) : current + step));
}

/** What a key does to a row: "down", "up", "select", "open", "play" or "". Pure. */
export function actionOf(key) {
  const actions = { j: "down", ArrowDown: "down", k: "up", ArrowUp: "up", x: "select", o: "open", " ": "play" };
  return actions[key] ?? "";
}

function startListKeys(root = document) {
  const rows = () => [...root.querySelectorAll("#list tbody tr")];
  const current = (all) => all.findIndex((row) => row.contains(root.activeElement));
  const links = () => root.querySelector("a.row-open");

  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isTyping(event) || event.shiftKey || !keysEnabled() || !links()) return;
    const action = actionOf(event.key);
    if (!action) return;
    const all = rows();
    const at = current(all);
    // Arrows and Space scroll the page, and Space presses what has the focus, until a row is in hand.
    const onLink = root.activeElement?.matches("a.row-open") ?? false;
    if ((event.key.startsWith("Arrow") || event.key === " ") && !onLink) return;
    if (action === "down" || action === "up") {
      const row = all[nextRow(at, action === "down" ? 1 : -1, all.length)];
      row?.querySelector("a.row-open").focus();
      row?.scrollIntoView({ block: "nearest" });
    } else if (at < 0) {
      return;
    } else if (action === "select") {
      all[at].querySelector('input[type="checkbox"]').click();
      all[at].querySelector("a.row-open").focus();
    } else if (action === "open") {
      all[at].querySelector("a.row-open").click();
    } else {
      all[at].querySelector("[data-play]")?.click();
    }
    event.preventDefault();
  });
  // A filter was added: its chip says so, and the menu is in the way of the list.
  root.addEventListener("change", (event) => {
    const menu = event.target.closest(".filter-menu");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // An export follows the filters, which change without the page being loaded again.
  root.addEventListener("htmx:afterSettle", () => {
    const query = new URLSearchParams(location.search);
    query.delete("cursor");
    for (const link of root.querySelectorAll("[data-list-export]")) link.search = query.toString();
  });
  addShortcuts("This list", [
    ["Next, previous recording", ["j", "k"]],
    ["Open", ["o", "Enter"]],
    ["Play or pause here", ["Space"]],
    ["Select", ["x"]],
  ]);
}

if (typeof document !== "undefined") startListKeys();
