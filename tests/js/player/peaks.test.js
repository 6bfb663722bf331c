import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, lanes, scaled, sliderKey, timeAt, turns } from "../../../static/js/player/peaks.js";

test("peaks come as bytes, one string per lane", () => {
  const [lane] = lanes({ lanes: [btoa(String.fromCharCode(0, 128, 255))] });
  assert.equal(lane.length, 3);
  assert.ok(lane[0] === 0 && lane[2] === 1);
});

test("a column shows the loudest point under it, also when there are fewer points than columns", () => {
  assert.deepEqual([...columns([0, 1, 0, 0.5], 2)], [1, 0.5]);
  assert.equal(columns([1], 4).length, 4);
  assert.deepEqual([...columns([], 2)], [0, 0]);
});

test("the loudest point fills the height, silence stays flat", () => {
  const [lane] = scaled([Float32Array.from([0, 0.25, 1])]);
  assert.deepEqual([...lane], [0, 0.5, 1]);
  assert.deepEqual([...scaled([Float32Array.from([0])])[0]], [0]);
});

test("neighbouring lines of one speaker are one turn", () => {
  assert.deepEqual(turns([0, 2, 5], ["a", "a", "b"], 9), [
    { from: 0, to: 5, speaker: "a" },
    { from: 5, to: 9, speaker: "b" },
  ]);
});

test("the slider's keys move by 5 and 30 s and stay inside", () => {
  assert.equal(sliderKey("ArrowLeft", 3, 100), 0);
  assert.equal(sliderKey("PageUp", 90, 100), 100);
  assert.equal(sliderKey("End", 3, 100), 100);
  assert.equal(sliderKey("k", 3, 100), null);
  assert.equal(timeAt(50, 200, 100), 25);
  assert.equal(timeAt(-4, 200, 100), 0);
});
