import assert from "node:assert/strict";
import { test } from "node:test";

import { chosenPeriod, dayAfterKey, monthsLater, weeksOf } from "../../static/js/calendar.js";

test("a month is whole weeks from Monday", () => {
  const weeks = weeksOf("2026-11-30");
  assert.equal(weeks.length, 6);
  assert.deepEqual([weeks[0][0], weeks[0][6], weeks[5][0], weeks[5][6]], ["2026-10-26", "2026-11-01", "2026-11-30", "2026-12-06"]);
  assert.equal(weeksOf("2027-02-01").length, 4);
});

test("a month later stays within the month, over the year's end and in leap years", () => {
  assert.equal(monthsLater("2026-12-31", 2), "2027-02-28");
  assert.equal(monthsLater("2028-03-31", -1), "2028-02-29");
  assert.equal(monthsLater("2026-01-15", -1), "2025-12-15");
});

test("keys walk by day, week and month, and others lead nowhere", () => {
  assert.equal(dayAfterKey("2026-11-30", "ArrowRight"), "2026-12-01");
  assert.equal(dayAfterKey("2026-11-30", "ArrowUp"), "2026-11-23");
  assert.equal(dayAfterKey("2026-12-02", "Home"), "2026-11-30");
  assert.equal(dayAfterKey("2026-12-02", "End"), "2026-12-06");
  assert.equal(dayAfterKey("2026-10-31", "PageDown"), "2026-11-30");
  assert.equal(dayAfterKey("2026-11-30", "x"), null);
});

test("the first choice begins a period and the second ends it, in either order", () => {
  assert.deepEqual(chosenPeriod(["", ""], "2026-11-30"), ["2026-11-30", ""]);
  assert.deepEqual(chosenPeriod(["2026-11-30", ""], "2026-11-02"), ["2026-11-02", "2026-11-30"]);
  assert.deepEqual(chosenPeriod(["2026-11-02", "2026-11-30"], "2026-11-05"), ["2026-11-05", ""]);
});
