import assert from "node:assert/strict";
import { test } from "node:test";

import { NONE, drawn, placed, spanOf, typed } from "../../../static/js/player/span.js";

test("A and B make a span once both are set, A at the very start too", () => {
  const a = placed(NONE, "a", 0);
  assert.equal(spanOf(a), null);
  assert.deepEqual(spanOf(placed(a, "b", 12.5)), { from: 0, to: 12.5 });
});

test("an end on the wrong side of the other starts a new span", () => {
  assert.deepEqual(placed({ a: 5, b: 10 }, "a", 11), { a: 11, b: null });
  assert.deepEqual(placed({ a: 5, b: 10 }, "b", 5), { a: null, b: 5 });
});

test("a span can be drawn in either direction, a click draws none", () => {
  assert.deepEqual(drawn(9, 4), { a: 4, b: 9 });
  assert.equal(drawn(4, 4.05), null);
});

test("a typed time is a clock or seconds, within the recording", () => {
  assert.equal(typed("1:02.5", 100), 62.5);
  assert.equal(typed("2:00", 100), null);
  assert.equal(typed("soon", 100), null);
});
