import assert from "node:assert/strict";
import { test } from "node:test";

import { activeLine, lineEnd, neighbour, spokenLine } from "../../../static/js/player/lines.js";

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

/** The lines that stepping walks through, from a line that was chosen: each step seeks to the start of its line. */
function walk(starts, from, step) {
  const seen = [];
  for (let chosen = from; chosen !== null && seen.length < 20;) {
    seen.push(chosen);
    assert.equal(spokenLine(starts, starts[chosen], chosen), chosen);
    chosen = neighbour(starts, starts[chosen], step, chosen);
  }
  return seen;
}

test("stepping passes each of the lines that begin together, or nearly, in both directions", () => {
  for (const together of [[0, 20, 20], [0, 20, 20.03, 20.04], [5, 5, 5], [0, 0, 20, 20, 20, 31]]) {
    const all = together.map((_, i) => i);
    assert.deepEqual(walk(together, 0, 1), all);
    assert.deepEqual(walk(together, all.length - 1, -1), all.toReversed());
  }
});

test("the line that was chosen stays lit until a later one begins, and is stepped from", () => {
  assert.equal(spokenLine([0, 20, 20, 30], 24, 1), 1);
  assert.equal(neighbour([0, 20, 20, 30], 24, -1, 1), 0);
  assert.equal(spokenLine([0, 20, 20, 30], 29.8, 1), 3);
  assert.equal(spokenLine([0, 20, 20, 30], 0, 1), 0);
  assert.equal(spokenLine([2, 5], 0, -1), -1);
});
