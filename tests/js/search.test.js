import assert from "node:assert/strict";
import { test } from "node:test";

import { marksOf, nearestMark, reportAddress, reported } from "../../static/js/search.js";

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

test("what played in a hit is reported as the player of a page reports it", () => {
  assert.equal(String(reported(12.345, 83.4, false)), "seconds=12.35&position=83.40&done=");
  assert.equal(reported(1, 2, true).get("done"), "on");
  assert.equal(reportAddress("/recordings/1f/audio?v=2"), "/recordings/1f/heard");
});
