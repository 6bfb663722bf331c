import assert from "node:assert/strict";
import { test } from "node:test";

import { kept } from "../../../static/js/player/volume.js";

test("the volume that was kept is a percentage, and all of it for nonsense", () => {
  assert.deepEqual(["35", "0", null, "", "loud", "-1", "101"].map(kept), [35, 0, 100, 100, 100, 100, 100]);
});
