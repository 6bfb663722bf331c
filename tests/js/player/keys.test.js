import assert from "node:assert/strict";
import { test } from "node:test";

import { once } from "../../../static/js/shortcuts.js";
import { SHORTCUTS, command, rows } from "../../../static/js/player/keys.js";

const within = (selector) => ({ closest: (wanted) => (wanted.split(", ").includes(selector) ? {} : null) });
const press = (key, more = {}) => command({ key, target: within(""), ...more }, more);

test("no key does two things, and the sheet lists each key once", () => {
  const all = SHORTCUTS.flatMap(([, commands]) => Object.values(commands).flat());
  assert.equal(new Set(all).size, all.length);
  const page = rows(() => true).map(([title, keys]) => [title, keys]);
  const sheet = once([["This recording", page], ["Everywhere", [["Search", ["/"]], ["Shortcuts", ["?"]]]]]);
  const shown = sheet.flatMap(([, list]) => list.flatMap(([, keys]) => keys));
  assert.deepEqual(shown.toSorted(), [...all, "?"].toSorted());
});

test("the sheet leaves out what a page does not have; its key is the site's again", () => {
  const sheet = once([["This recording", rows((name) => name !== "find")], ["Everywhere", [["Search", ["/"]]]]]);
  assert.deepEqual(sheet[1], ["Everywhere", [["Search", ["/"]]]]);
});

test("the keys of the player are those that listeners know", () => {
  assert.equal(press(" "), "toggle");
  assert.equal(press("K"), "toggle");
  assert.equal(press("j"), "back10");
  assert.equal(press("ArrowRight"), "forward5");
  assert.equal(press("ArrowRight", { shiftKey: true }), "nextLine");
  assert.equal(press("<", { shiftKey: true }), "slower");
  assert.equal(press("\\"), "normalSpeed");
  assert.equal(press("["), "setA");
  assert.equal(press("]"), "setB");
  assert.equal(press("o"), "loop");
  assert.equal(press("x"), "skip");
  assert.equal(press("Delete"), "clearSpan");
  assert.equal(press("q"), null);
});

test("with Ctrl, Alt or Meta the browser keeps its keys", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey"]) assert.equal(press("l", { [held]: true }), null);
});

test("brackets are typed with AltGr or Option on many keyboards", () => {
  assert.equal(press("[", { altKey: true }), "setA");
  assert.equal(press("]", { ctrlKey: true, altKey: true }), "setB");
  assert.equal(press("]", { getModifierState: (name) => name === "AltGraph" }), "setB");
  assert.equal(press("[", { ctrlKey: true }), null);
});

test("in inputs and on buttons, links and sliders the key is theirs", () => {
  for (const own of ["input", "textarea", "button", "a[href]", "[role=slider]"]) {
    assert.equal(command({ key: " ", target: within(own) }), null);
  }
});

test("a control that a mouse focused keeps no keys, a box one types into does", () => {
  assert.equal(command({ key: " ", target: within("[role=slider]") }, { byMouse: true }), "toggle");
  assert.equal(command({ key: "j", target: within("button") }, { byMouse: true }), "back10");
  assert.equal(command({ key: "j", target: within("input") }, { byMouse: true }), null);
  const range = { closest: (wanted) => (/(^|, )input(,|\[type=range)/.test(wanted) ? {} : null) };
  assert.equal(command({ key: "ArrowRight", target: range }, { byMouse: true }), "forward5");
  assert.equal(command({ key: "ArrowRight", target: range }), null);
});

test("single letters can be switched off; arrows and space stay", () => {
  assert.equal(press("j", { off: true }), null);
  assert.equal(press("<", { off: true }), null);
  assert.equal(press(" ", { off: true }), "toggle");
  assert.equal(press("ArrowLeft", { off: true }), "back5");
});
