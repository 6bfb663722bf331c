import assert from "node:assert/strict";
import { test } from "node:test";

import { following, placeOf, places, simple } from "../../../static/js/player/places.js";

test("most files are one piece in which the browser finds its way", () => {
  assert.ok(simple(places("", false)));
  assert.ok(!simple(places("", true)));
  assert.ok(!simple(places("0 20.1", false)));
});

test("a file of several parts is loaded from the start of the part", () => {
  const two = places("0 20.1 40.2", false);
  assert.deepEqual([0, 20, 20.1, 39, 41].map((time) => placeOf(two, time)), [0, 0, 20.1, 20.1, 40.2]);
  assert.deepEqual([0, 20.1, 40.2].map((place) => following(two, place)), [20.1, 40.2, null]);
});

test("where a table is too coarse, it is loaded from the second before", () => {
  assert.deepEqual([0, 0.9, 7.5, 7200].map((time) => placeOf(places("0", true), time)), [0, 0, 7, 7200]);
});
