import assert from "node:assert/strict";
import { test } from "node:test";

import { beginsNumber, chosen } from "../../static/js/palette.js";

test("choosing goes round at both ends, and nowhere in an empty list", () => {
  assert.equal(chosen(0, 1, 3), 1);
  assert.equal(chosen(2, 1, 3), 0);
  assert.equal(chosen(0, -1, 3), 2);
  assert.equal(chosen(0, 1, 0), -1);
});

test("a digit or a plus begins a phone number, and nothing else does", () => {
  for (const key of ["0", "9", "+"]) assert.ok(beginsNumber(key));
  for (const key of ["a", "-", "F1", "Enter", "", "10"]) assert.ok(!beginsNumber(key));
});
