import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, pageMeant, resolutionFor, turned, zoomed } from "../../../src/citewell/web/static/reader/pages.js";

const LABELS = { 1: "i", 2: "ii", 3: "1", 4: "2" };

test("a page is meant by its printed label first, then by its number", () => {
  assert.equal(pageMeant(" II ", LABELS, 9), 2);
  assert.equal(pageMeant("1", LABELS, 9), 3);
  assert.equal(pageMeant("7", LABELS, 9), 7);
  assert.equal(pageMeant("10", LABELS, 9), null);
  assert.equal(pageMeant("10", LABELS, 0), 10);
  for (const typed of ["", "0", "-1", "iii", "1.5"]) assert.equal(pageMeant(typed, LABELS, 9), null);
});

test("nothing is before the first page or after the last", () => {
  assert.deepEqual([turned(1, -1, 3), turned(2, 1, 3), turned(3, 1, 3), turned(3, 1, 0)], [1, 3, 3, 4]);
});

test("a page is shown wider in steps, and as wide as its area at once", () => {
  assert.deepEqual([zoomed(1, 1), zoomed(1, -1), zoomed(4, 1), zoomed(4, -1), zoomed(2, 0)], [1.25, 1, 4, 3, 1]);
});

test("a picture is as sharp as it is wide, within what the server makes", () => {
  assert.deepEqual([resolutionFor(612, 6120), resolutionFor(1224, 6120), resolutionFor(9000, 6120)], [96, 144, 288]);
  assert.equal(resolutionFor(500, 0), 96);
});

test("a page is called by its label and its number", () => {
  assert.equal(nameOf(2, LABELS, 9), "page ii (2 of 9)");
  assert.equal(nameOf(7, LABELS, 9), "page 7 of 9");
  assert.equal(nameOf(7, LABELS, 0), "page 7");
});
