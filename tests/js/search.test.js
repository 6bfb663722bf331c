import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestMark } from "../../static/js/search.js";

test("a click on the strip means the mark that is nearest", () => {
  assert.equal(nearestMark([10, 50, 90], 0.3, 100), 10);
  assert.equal(nearestMark([10, 50, 90], 0.31, 100), 50);
  assert.equal(nearestMark([10, 50, 90], 1, 100), 90);
  assert.equal(nearestMark([], 0.5, 100), null);
});
