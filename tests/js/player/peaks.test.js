import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, lanes, owners, scaled, sides, sliderKey, timeAt, turns } from "../../../static/js/player/peaks.js";

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

test("columns of a part of the recording show that part alone", () => {
  assert.deepEqual([...columns([0, 1, 0, 0.5], 2, 0.5, 1)], [0, 0.5]);
  assert.deepEqual([...columns([0, 1], 4, 0.5, 1)], [1, 1, 1, 1]);
});

test("each column is whose line it lies in, and nobody's before the first", () => {
  assert.deepEqual(owners([2, 5], ["a", "b"], 4, { from: 0, to: 8 }), [null, "a", "b", "b"]);
  assert.deepEqual(owners([2, 5], ["a", "b"], 2, { from: 4, to: 6 }), ["a", "b"]);
  assert.deepEqual(owners([], [], 2, { from: 0, to: 8 }), [null, null]);
});

test("a lane is a speaker's when the sound says so, and else nobody's", () => {
  const starts = [0, 2];
  const left = Float32Array.from([1, 1, 0.1, 0.1]);
  const right = Float32Array.from([0.1, 0.1, 1, 1]);
  assert.deepEqual(sides([left, right], starts, ["a", "b"], 4), ["a", "b"]);
  assert.deepEqual(sides([right, left], starts, ["a", "b"], 4), ["b", "a"]);
  assert.equal(sides([left, left], starts, ["a", "b"], 4), null);
  assert.equal(sides([left], starts, ["a", "b"], 4), null);
  assert.equal(sides([left, right], starts, ["a", "a"], 4), null);
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
  assert.equal(timeAt(50, 200, { from: 0, to: 100 }), 25);
  assert.equal(timeAt(50, 200, { from: 60, to: 100 }), 70);
  assert.equal(timeAt(-4, 200, { from: 60, to: 100 }), 60);
});
