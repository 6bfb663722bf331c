import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, command } from "../../../static/js/player/keys.js";

const press = (key, more = {}) => command({ key, target: { closest: () => null }, ...more }, more);

test("no key does two things", () => {
  const all = Object.values(KEYS).flat();
  assert.equal(new Set(all).size, all.length);
});

test("the keys of the player are those that listeners know", () => {
  assert.equal(press(" "), "toggle");
  assert.equal(press("K"), "toggle");
  assert.equal(press("j"), "back10");
  assert.equal(press("ArrowRight"), "forward5");
  assert.equal(press("ArrowRight", { shiftKey: true }), "nextLine");
  assert.equal(press("<", { shiftKey: true }), "slower");
  assert.equal(press("\\"), "normalSpeed");
  assert.equal(press("q"), null);
});

test("with Ctrl, Alt or Meta the browser keeps its keys", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey"]) assert.equal(press("l", { [held]: true }), null);
});

test("in inputs and on buttons, links and sliders the key is theirs", () => {
  assert.equal(command({ key: " ", target: { closest: () => ({}) } }), null);
});

test("single letters can be switched off; arrows and space stay", () => {
  assert.equal(press("j", { off: true }), null);
  assert.equal(press("<", { off: true }), null);
  assert.equal(press(" ", { off: true }), "toggle");
  assert.equal(press("ArrowLeft", { off: true }), "back5");
});
