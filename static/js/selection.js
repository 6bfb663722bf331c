// Selects every row of a list with one box, and says how many are selected; each row's own box needs no script.

/** What the box above the rows should show: none, some or all of them are checked. */
export function standing(checked) {
  const count = checked.filter(Boolean).length;
  return { checked: count > 0 && count === checked.length, indeterminate: count > 0 && count < checked.length };
}

/** Wire the lists of a page, also after htmx has swapped them. */
export function startSelection(root = document) {
  const boxes = (all) => [...all.closest("table").querySelectorAll('tbody input[type="checkbox"]')];
  const show = () => {
    for (const all of root.querySelectorAll("[data-select-all]")) {
      const rows = boxes(all);
      all.hidden = false;
      Object.assign(all, standing(rows.map((box) => box.checked)));
      for (const box of rows) box.closest("tr").setAttribute("aria-selected", String(box.checked));
      const told = all.closest("form").querySelector("[data-selected]");
      const matching = all.closest("form").querySelector("[data-select-matching]:checked");
      const count = matching ? matching.dataset.selectMatching : rows.filter((box) => box.checked).length;
      if (told) told.textContent = `${count} selected`;
    }
  };
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) for (const box of boxes(event.target)) box.checked = event.target.checked;
    show();
  });
  root.addEventListener("htmx:afterSwap", show);
  show();
}

if (typeof document !== "undefined") startSelection();
