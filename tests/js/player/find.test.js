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

test("letters are folded as search folds them, in what is typed and in what was said", () => {
  for (const [said, typed] of [
    ["an der Straße", "strasse"], ["STRASSE", "straße"], ["Øystein ringte", "oystein"], ["Øystein ringte", "oeystein"],
    ["Koebenhavn", "København"], ["i København", "koebenhavn"], ["Herr Müller", "mueller"], ["Herr Mueller", "Müller"],
    ["i Århus", "aarhus"], ["i Aarhus", "Århus"], ["Æble", "aeble"], ["Łódź", "lodz"], ["Đoković", "djokovic"],
    ["I don’t know", "don't"], ["I don't know", "don’t"], ["I donʼt know", "dont"], ["ışık", "ISIK"], ["IŞIK", "ışık"],
    ["الدوري", "الدورى"], ["مدرسة", "مدرسه"], ["مـــرحبا", "مرحبا"], ["re\u00adfund", "refund"], ["refund", "re\u00adfund"],
    ["070\u202c 12", "070 12"], ["ｒｅｆｕｎｄ", "refund"], ["١٢٣", "123"], ["환불을", "환불"], ["ガ", "ｶﾞ"], ["か\u3099", "が"],
    ["Mu\u0308ller", "mueller"], ["ЁЛКА", "елка"],
  ]) assert.equal(matches([said], typed).length, 1, `${said} by ${typed}`);
  for (const [said, typed] of [["환전이", "화전"], ["Muller", "mueller"], ["sonst", "søst"], ["cant", "ca n't"]]) {
    assert.equal(matches([said], typed).length, 0, `${said} by ${typed}`);
  }
});

test("a letter that is written as two is marked whole, and each match once", () => {
  const text = "på Øresund, Oeresund";
  assert.deepEqual(matches([text], "øresund").map((m) => text.slice(m.start, m.end)), ["Øresund", "Oeresund"]);
  assert.deepEqual(matches(["Straße"], "ss").map((m) => [m.start, m.end]), [[4, 5]]);
  assert.equal(matches(["Å Å"], "åå").length, 0);
});
