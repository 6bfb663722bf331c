import assert from "node:assert/strict";
import { test } from "node:test";

import { rowLink } from "../../../static/js/rows.js";

const link = { href: "/recordings/1/" };
const cell = (own) => ({
  closest: (selector) => (selector === "tr" ? { querySelector: () => link } : own),
});

test("a click in a cell follows the row's link", () => {
  assert.equal(rowLink(cell(null), { isCollapsed: true }), link);
});

test("a click on a control inside the row stays with the control", () => {
  assert.equal(rowLink(cell({}), { isCollapsed: true }), null);
});

test("selecting text in a row opens nothing", () => {
  assert.equal(rowLink(cell(null), { isCollapsed: false }), null);
});

test("a click outside of a table opens nothing", () => {
  assert.equal(rowLink({ closest: () => null }, null), null);
});
