import assert from "node:assert/strict";
import { test } from "node:test";

import { activeLine, lineEnd, neighbour } from "../../../static/js/player/lines.js";

const starts = [2, 5, 5, 9.5];

test("no line is spoken before the first one", () => assert.equal(activeLine(starts, 1), -1));

test("a line lights up 0.3 s ahead", () => {
  assert.equal(activeLine(starts, 1.69), -1);
  assert.equal(activeLine(starts, 1.71), 0);
});

test("of lines that start together the last is the active one", () => assert.equal(activeLine(starts, 6), 2));

test("binary search agrees with a plain scan for every time of 5,000 lines", () => {
  const many = Array.from({ length: 5000 }, (_, i) => i * 5.1);
  for (let t = 0; t < 25500; t += 37.3) {
    let expected = -1;
    many.forEach((start, i) => { if (start <= t + 0.3) expected = i; });
    assert.equal(activeLine(many, t), expected);
  }
});

test("a line ends at the next later start, lasts a second at least, and the last one ends with the recording", () => {
  assert.equal(lineEnd(starts, 0, 20), 5);
  assert.equal(lineEnd(starts, 1, 20), 9.5);
  assert.equal(lineEnd(starts, 3, 20), 20);
  assert.equal(lineEnd(starts, 3, 9.6), 10.5);
  assert.equal(lineEnd([1, 1.2], 0, 9), 2);
});

test("previous and next line stop at the ends", () => {
  assert.equal(neighbour(starts, 2, -1), null);
  assert.equal(neighbour(starts, 2, 1), 1);
  assert.equal(neighbour(starts, 9.6, 1), null);
  assert.equal(neighbour(starts, 0, 1), 0);
});
