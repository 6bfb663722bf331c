import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, left, parse, selectedSpan, spoken } from "../../../static/js/player/clock.js";

test("a clock shows minutes and seconds, and hours only when there are some", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(724.9), "12:04");
  assert.equal(clock(3600), "1:00:00");
  assert.equal(clock(10859.2), "3:00:59");
});

test("a clock of nothing known is zero", () => {
  assert.equal(clock(NaN), "0:00");
  assert.equal(clock(-3), "0:00");
});

test("a screen reader hears whole words", () => {
  assert.equal(spoken(724), "12 minutes 4 seconds");
  assert.equal(spoken(61), "1 minute 1 second");
  assert.equal(spoken(0), "0 seconds");
  assert.equal(spoken(7200), "2 hours");
});

test("a selected span reads seconds and clocks, and refuses the rest", () => {
  assert.equal(parse("754.2"), 754.2);
  assert.equal(parse("12:34"), 754);
  assert.equal(parse("1:02:03.5"), 3723.5);
  for (const bad of ["", "abc", "-4", "1e9", null, "12:"]) assert.equal(parse(bad), null);
});

test("a link's span needs an end after its start", () => {
  assert.deepEqual(selectedSpan("?t=754.2&end=771&q=refund"), { t: 754.2, end: 771, q: "refund" });
  assert.deepEqual(selectedSpan("?t=10&end=9"), { t: 10, end: null, q: "" });
  assert.deepEqual(selectedSpan(""), { t: null, end: null, q: "" });
});

test("the time left is the listener's own at that speed", () => {
  assert.equal(left(60, 180, 2), 60);
  assert.equal(left(200, 180, 1), 0);
});
