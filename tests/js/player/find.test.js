import assert from "node:assert/strict";
import { test } from "node:test";

import { folded, matches, nearest, step, summary, wordsOf } from "../../../static/js/player/find.js";

test("case and diacritics are folded", () => {
  assert.equal(folded("ÅTERBETALNING Crème"), "aterbetalning creme");
  assert.equal(matches(["Vill ha en återbetalning"], "ATERBETALNING").length, 1);
});

test("offsets point into the text as it was given, composed or not", () => {
  const text = "Cafe\u0301 — café!";
  const found = matches([text], "café");
  assert.deepEqual(found.map((m) => text.slice(m.start, m.end)), ["Cafe\u0301", "café"]);
});

test("what is typed is literal, never a pattern", () => {
  assert.equal(matches(["a.c abc"], "a.c").length, 1);
  assert.equal(matches(["(1+1)"], "(1+").length, 1);
});

test("it begins with two characters", () => {
  assert.equal(matches(["aaa"], "a").length, 0);
  assert.equal(matches(["aaa"], "aa").length, 1);
  assert.equal(summary("a", 0, 0), "");
});

test("matches come in the order of the lines, and one line may hold several", () => {
  const found = matches(["no no", "yes", "no"], "no");
  assert.deepEqual(found.map((m) => m.line), [0, 0, 2]);
});

test("moving wraps around both ends", () => {
  assert.equal(step(2, 3, 1), 0);
  assert.equal(step(0, 3, -1), 2);
  assert.equal(step(0, 0, 1), -1);
});

test("it begins at the reader's line, else at the first match", () => {
  const found = [{ line: 1 }, { line: 7 }];
  assert.equal(nearest(found, 5), 1);
  assert.equal(nearest(found, 9), 0);
  assert.equal(nearest([], 0), -1);
});

test("the summary counts from one", () => {
  assert.equal(summary("refund", 2, 15), "3 of 15");
  assert.equal(summary("refund", -1, 0), "No match");
});

test("letters outside the basic plane and dotted capitals keep their places", () => {
  const text = "😀 İstanbul 😀";
  const [match] = matches([text], "istanbul");
  assert.equal(text.slice(match.start, match.end), "İstanbul");
});

test("of a search with operators the words remain, phrases and long words first", () => {
  assert.deepEqual(wordsOf('speaker:agent "order number" AND refun* NOT cat -dog'), [
    'speaker:agent "order number" AND refun* NOT cat -dog', "order number", "refun", "cat",
  ]);
  assert.deepEqual(wordsOf("refund"), ["refund"]);
});
