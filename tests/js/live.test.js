import assert from "node:assert/strict";
import { test } from "node:test";

import { shown } from "../../static/js/live.js";

test("a clock runs on from what the server said, and never back", () => {
  assert.equal(shown(65, 1000, 4500), 68.5);
  assert.equal(shown(65, 1000, 900), 65);
});
