// A click anywhere in a table row opens the row's link (a.row-open); the link itself stays a real one.

const OWN = "a, button, input, select, textarea, label, summary, audio, [data-copy]";

/** The link that a click at `target` should follow, or null when the click is not for the row. */
export function rowLink(target, selection) {
  if (selection && !selection.isCollapsed) return null;
  if (target.closest(OWN)) return null;
  return target.closest("tr")?.querySelector("a.row-open") ?? null;
}

/** Open rows by click, in a new tab with Ctrl, Cmd or the middle button. */
export function startRows() {
  const open = (event) => {
    if (event.button > 1 || !(event.target instanceof Element)) return;
    const link = rowLink(event.target, window.getSelection());
    if (!link) return;
    if (event.button === 1 || event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  };
  document.addEventListener("click", open);
  document.addEventListener("auxclick", open);
}
