/** The sheet of keyboard shortcuts: its sections come from the lists that the keys themselves are looked up in. */

const SIGNS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

/**
 * Sections of [title, [[label, [key, …]], …]] with each key once: a page's own section stands before what holds
 * everywhere, and takes its keys from it. Pure.
 */
export function once(sections) {
  const taken = new Set();
  return sections
    .map(([title, rows]) => {
      const left = rows.map(([label, keys]) => [label, keys.filter((key) => !taken.has(key))]);
      for (const [, keys] of left) for (const key of keys) taken.add(key);
      return [title, left.filter(([, keys]) => keys.length)];
    })
    .filter(([, rows]) => rows.length);
}

const made = (name, ...content) => {
  const element = document.createElement(name);
  element.append(...content);
  return element;
};

/** Keys held together in one cap, "Shift+←"; "g+r", pressed one after the other, in two. */
function caps(key) {
  const parts = (key.length > 1 ? key.split("+") : [key]).map((part) => SIGNS[part] ?? part);
  const shown = /^(Ctrl|Shift)$/.test(parts[0]) ? [parts.join("+")] : parts;
  return shown.flatMap((part) => [made("kbd", part), " "]);
}

/** Draw the sections into the sheet. */
export function draw(sheet, sections) {
  sheet.replaceChildren(
    ...once(sections).map(([title, rows]) => {
      const list = made("dl", ...rows.map(([label, keys]) => made("div", made("dt", label), made("dd", ...keys.flatMap(caps)))));
      return made("section", made("h3", title), list);
    }),
  );
}
