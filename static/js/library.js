// Selects every recording of the page with one box; each row's own box needs no script.

/** What the box above the rows should show: none, some or all of them are checked. */
export function standing(checked) {
  const count = checked.filter(Boolean).length;
  return { checked: count > 0 && count === checked.length, indeterminate: count > 0 && count < checked.length };
}

/** Wire the list, also after htmx has swapped it. */
export function startSelection(root = document) {
  const boxes = () => [...root.querySelectorAll('#list input[name="pk"]')];
  const show = () => {
    const all = root.querySelector("[data-select-all]");
    if (!all) return;
    all.hidden = false;
    Object.assign(all, standing(boxes().map((box) => box.checked)));
    for (const box of boxes()) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  };
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) for (const box of boxes()) box.checked = event.target.checked;
    show();
  });
  root.addEventListener("htmx:afterSwap", show);
  show();
}

if (typeof document !== "undefined") startSelection();
