import assert from "node:assert/strict";
import { test } from "node:test";

import { marksOf, nearestMark } from "../../static/js/search.js";

test("a click on the strip means the mark that is nearest", () => {
  assert.equal(nearestMark([10, 50, 90], 0.3, 100), 10);
  assert.equal(nearestMark([10, 50, 90], 0.31, 100), 50);
  assert.equal(nearestMark([10, 50, 90], 1, 100), 90);
  assert.equal(nearestMark([], 0.5, 100), null);
});

test("the marks of a strip are the seconds of its path", () => {
  assert.deepEqual(marksOf("M0 0v4M7.5 0v4M3600.25 0v4"), [0, 7.5, 3600.25]);
  assert.deepEqual(marksOf(""), []);
});
