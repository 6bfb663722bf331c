import assert from "node:assert/strict";
import { test } from "node:test";

import { completed, typing } from "../../../static/js/player/mentions.js";

test("a mention is being typed behind an @ that begins a word", () => {
  assert.deepEqual(typing("Look @an", 8), { from: 6, text: "an" });
  assert.deepEqual(typing("@", 1), { from: 1, text: "" });
  assert.deepEqual(typing("(@anna.berg)", 11), { from: 2, text: "anna.berg" });
  assert.equal(typing("mail@anna", 9), null);
  assert.equal(typing("@anna said", 10), null);
});

test("a choice completes it, with a blank where there is none", () => {
  assert.deepEqual(completed("Look @an", 8, 6, "anna"), { value: "Look @anna ", caret: 11 });
  assert.deepEqual(completed("@an please", 3, 1, "anna"), { value: "@anna please", caret: 6 });
});
