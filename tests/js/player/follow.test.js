import assert from "node:assert/strict";
import { test } from "node:test";

import { follow, offersReturn, scrollBy, scrolls, start } from "../../../static/js/player/follow.js";

const run = (...events) => events.reduce(follow, start());

test("it follows at first", () => assert.equal(scrolls(start()), true));

test("a scroll of the reader's switches it off at once and offers the way back", () => {
  const state = run({ type: "spoken", index: 3 }, { type: "scrolled", target: 9 });
  assert.equal(scrolls(state), false);
  assert.equal(offersReturn(state), true);
});

test("it comes back by the chip and by a click on a line", () => {
  const away = [{ type: "spoken", index: 3 }, { type: "scrolled", target: 9 }];
  assert.equal(scrolls(run(...away, { type: "now" })), true);
  assert.equal(scrolls(run(...away, { type: "line", index: 9 })), true);
});

test("it comes back when the sound reaches what the reader scrolled to, not before", () => {
  const away = [{ type: "spoken", index: 3 }, { type: "scrolled", target: 9 }];
  assert.equal(scrolls(run(...away, { type: "spoken", index: 8 })), false);
  assert.equal(scrolls(run(...away, { type: "spoken", index: 9 })), true);
});

test("scrolled back, the sound never gets there, so it stays off however long it plays", () => {
  const away = [{ type: "spoken", index: 30 }, { type: "scrolled", target: 9 }];
  const played = Array.from({ length: 200 }, (_, i) => ({ type: "spoken", index: 31 + i }));
  assert.equal(scrolls(run(...away, ...played)), false);
});

test("selecting and finding pause it and leave it as it was", () => {
  assert.equal(scrolls(run({ type: "selecting", value: true })), false);
  assert.equal(scrolls(run({ type: "selecting", value: true }, { type: "selecting", value: false })), true);
  assert.equal(scrolls(run({ type: "finding", value: true })), false);
  assert.equal(offersReturn(run({ type: "finding", value: true })), false);
});

test("an unknown event is a fault of ours", () => assert.throws(() => run({ type: "timer" })));

test("inside the band of 84 px nothing scrolls", () => {
  const pane = { top: 100, bottom: 900 };
  assert.equal(scrollBy({ top: 184, bottom: 300 }, pane), 0);
  assert.equal(scrollBy({ top: 700, bottom: 816 }, pane), 0);
});

test("outside the band the line goes to a quarter of the pane", () => {
  const pane = { top: 100, bottom: 900 };
  assert.equal(scrollBy({ top: 820, bottom: 860 }, pane), 820 - 300);
  assert.equal(scrollBy({ top: 120, bottom: 160 }, pane), 120 - 300);
});
