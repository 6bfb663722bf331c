import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, nextRow } from "../../static/js/list.js";

test("walking stays within the list and begins at its ends", () => {
  assert.equal(nextRow(-1, 1, 3), 0);
  assert.equal(nextRow(-1, -1, 3), 2);
  assert.equal(nextRow(2, 1, 3), 2);
  assert.equal(nextRow(0, -1, 3), 0);
  assert.equal(nextRow(0, 1, 0), -1);
});

test("a key that is not of the list does nothing to it", () => {
  assert.equal(actionOf("j"), "down");
  assert.equal(actionOf(" "), "play");
  assert.equal(actionOf("q"), "");
});
