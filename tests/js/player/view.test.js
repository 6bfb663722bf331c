import assert from "node:assert/strict";
import { test } from "node:test";

import { clustered, following } from "../../../static/js/player/pins.js";
import { holding, isWhole, moved, share, ticks, whole, zoomed } from "../../../static/js/player/view.js";

test("zooming keeps what it is about where it is, and stays inside", () => {
  const near = zoomed(whole(100), 2, 40, 100);
  assert.deepEqual(near, { from: 20, to: 70 });
  assert.equal(share(40, near), share(40, whole(100)));
  assert.deepEqual(zoomed(near, 0.5, 40, 100), whole(100));
  assert.deepEqual(zoomed(whole(100), 1000, 0, 100), { from: 0, to: 10 });
  assert.deepEqual(zoomed(whole(6), 2, 3, 6), { from: 0, to: 6 });
});

test("a view moves within the recording, and to a position that has left it", () => {
  const view = { from: 20, to: 70 };
  assert.deepEqual(moved(view, 100, 100), { from: 50, to: 100 });
  assert.deepEqual(moved(view, -100, 100), { from: 0, to: 50 });
  assert.equal(holding(view, 70, 100), view);
  assert.deepEqual(holding({ from: 0, to: 10 }, 50, 100), { from: 49, to: 59 });
  const third = zoomed(whole(51.3), 3, 11.7, 51.3);
  assert.ok(isWhole(zoomed(third, 1 / 3, 40.1, 51.3), 51.3));
  assert.ok(isWhole(whole(9), 9) && !isWhole(view, 100));
});

test("the ruler has round times that do not touch", () => {
  assert.deepEqual(ticks({ from: 0, to: 57 }, 400).map(({ text }) => text), ["0:00", "0:15", "0:30", "0:45"]);
  assert.deepEqual(ticks({ from: 3601, to: 3640 }, 400).map(({ text }) => text), ["1:00:10", "1:00:20", "1:00:30", "1:00:40"]);
  assert.equal(ticks({ from: 0, to: 18_000 }, 1100).length, 11);
  assert.deepEqual(ticks(whole(0), 400), []);
});

test("marks that would overlap are one, which goes to each in turn", () => {
  const items = [5, 50, 5.5, 500].map((time) => ({ time }));
  const clusters = clustered(items, { from: 0, to: 100 }, 1000);
  assert.deepEqual(clusters.map(({ x, items: held }) => [x, held.map(({ time }) => time)]), [[50, [5, 5.5]], [500, [50]]]);
  assert.deepEqual(clustered([{ time: 0 }], { from: 0, to: 100 }, 1000)[0].x, 12);
  const [{ items: held }] = clusters;
  assert.deepEqual([0, 5, 5.5].map((time) => following(held, time).time), [5, 5.5, 5]);
});
