import assert from "node:assert/strict";
import { test } from "node:test";

import { link, plain, quote, wholeWords } from "../../../static/js/player/quote.js";

const lines = [
  { speaker: "Agent", text: "Hello." },
  { speaker: "Agent", text: "How can I help?" },
  { speaker: "Customer", text: "A refund." },
];

test("copied text keeps the speaker and leaves the time out", () => {
  assert.equal(plain(lines), "Agent: Hello.\nAgent: How can I help?\nCustomer: A refund.");
});

test("a link names the moment and its span and drops what else was asked", () => {
  assert.equal(link("https://x.example/recordings/1/?t=3&q=a#l3", 754.21, 771), "https://x.example/recordings/1/?t=754.21&end=771");
  assert.equal(link("https://x.example/r/", 5, 4), "https://x.example/r/?t=5");
});

test("a quote is quoted line by line with its link beneath", () => {
  assert.equal(quote(lines, "https://x/"), "> Agent: Hello.\n> Agent: How can I help?\n> Customer: A refund.\nhttps://x/");
});

test("a selection grows to whole words, in languages without blanks too", () => {
  const grown = (text, from, to, language) => {
    const { start, end } = wholeWords(text, from, to, language);
    return text.slice(start, end);
  };
  assert.equal(grown("The late refund came.", 5, 12), "late refund");
  assert.equal(grown("The late refund came.", 4, 15), "late refund");
  assert.equal(grown("Two, three", 3, 5), ", ");
  assert.equal(grown("返金をお願いします", 0, 1, "ja"), "返金");
  assert.equal(grown("late", 2, 2), "");
});
