import assert from "node:assert/strict";
import { test } from "node:test";

import { standing } from "../../static/js/selection.js";

test("the box above the rows shows none, some or all", () => {
  assert.deepEqual(standing([false, false]), { checked: false, indeterminate: false });
  assert.deepEqual(standing([true, false]), { checked: false, indeterminate: true });
  assert.deepEqual(standing([true, true]), { checked: true, indeterminate: false });
  assert.deepEqual(standing([]), { checked: false, indeterminate: false });
});
