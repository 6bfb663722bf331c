import assert from "node:assert/strict";
import { test } from "node:test";

import { landing, plan, saved } from "../../../static/js/player/silence.js";

const lane = (...parts) => parts.flatMap(([value, n]) => Array(n).fill(value));

test("a gap over 2 s is skipped but for 0.3 s on each side", () => {
  const gaps = plan([lane([0.5, 10], [0, 30], [0.5, 10])], 5);
  assert.equal(gaps.length, 1);
  assert.ok(Math.abs(gaps[0].from - 1.3) < 1e-9 && Math.abs(gaps[0].to - 3.7) < 1e-9);
  assert.ok(Math.abs(saved(gaps) - 2.4) < 1e-9);
});

test("a shorter gap stays, so does one where another channel talks", () => {
  assert.deepEqual(plan([lane([0.5, 10], [0, 20], [0.5, 20])], 5), []);
  assert.deepEqual(plan([lane([0, 50]), lane([0.5, 50])], 5), []);
});

test("silence at the end is a gap too", () => assert.equal(plan([lane([0.5, 10], [0, 40])], 5).length, 1));

test("it lands at the end of the gap, once, and nowhere else", () => {
  const gaps = [{ from: 1.3, to: 3.7 }, { from: 8, to: 12 }];
  assert.equal(landing(gaps, 1), null);
  assert.equal(landing(gaps, 1.3), 3.7);
  assert.equal(landing(gaps, 3.7), null);
  assert.equal(landing(gaps, 9), 12);
  assert.equal(landing(gaps, 99), null);
});

test("without peaks there is no plan", () => {
  assert.deepEqual(plan([], 10), []);
  assert.deepEqual(plan([[]], 10), []);
});
