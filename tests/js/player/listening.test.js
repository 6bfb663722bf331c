import assert from "node:assert/strict";
import { test } from "node:test";

import { PlayedMeter } from "../../../static/js/player/played.js";
import { reportPlayed } from "../../../static/js/player/visit.js";
import { allowed, stepped } from "../../../static/js/player/speed.js";

test("speeds go from 0.5 to 3 by 0.25", () => {
  assert.equal(stepped(1, 1), 1.25);
  assert.equal(stepped(3, 1), 3);
  assert.equal(stepped(0.5, -1), 0.5);
  assert.equal(allowed("nonsense"), 1);
  assert.equal(allowed(1.4), 1.5);
});

test("opening a recording hears nothing", () => {
  const meter = new PlayedMeter(100);
  meter.at(0);
  assert.equal(meter.seconds(), 0);
  assert.equal(meter.done(), false);
});

test("seconds are counted once, a seek is not listening", () => {
  const meter = new PlayedMeter(100);
  for (const at of [0, 1, 2, 3]) meter.at(at);
  meter.at(null);
  for (const at of [1, 2, 3, 4]) meter.at(at);
  meter.at(80);
  assert.equal(meter.seconds(), 4);
  assert.equal(meter.take(), 4);
  assert.equal(meter.take(), 0);
});

test("it is heard once it plays past 90 %", () => {
  const meter = new PlayedMeter(100);
  meter.at(89);
  meter.at(89.5);
  assert.equal(meter.done(), false);
  meter.at(90.1);
  assert.equal(meter.done(), true);
});

test("coming to the end by a seek alone is not hearing", () => {
  const meter = new PlayedMeter(100);
  meter.at(1);
  meter.at(99);
  assert.equal(meter.done(), false);
});

test("whoever marks a recording by hand is not contradicted by what the visit plays", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const leave = [];
  globalThis.window = { addEventListener: (name, run) => leave.push(run) };
  const sound = Object.assign(new EventTarget(), { time: 95, playing: true });
  const meter = new PlayedMeter(100);
  const told = [];
  reportPlayed(sound, meter, (progress) => told.push(progress.done));
  meter.decided = true;
  meter.at(94);
  meter.at(95);
  sound.dispatchEvent(new Event("tick"));
  leave[0]();
  delete globalThis.window;
  assert.deepEqual(told, [""]);
});
