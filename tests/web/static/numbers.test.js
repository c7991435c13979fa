import assert from "node:assert/strict";
import { test } from "node:test";
import { tooLongWords } from "../../../src/citewell/web/static/chat/length.js";
import { spansOf, stepFrom } from "../../../src/citewell/web/static/reader/marks.js";
import { longerThan, pauseBefore } from "../../../src/citewell/web/static/shared/pauses.js";

test("pauses grow with each try, to fifteen seconds", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((tries) => pauseBefore(1, tries)),
    [2, 4, 8, 15, 15],
  );
  assert.equal(pauseBefore(60, 1), 60);
  assert.equal(longerThan(1), 1.5);
  assert.equal(longerThan(14), 15);
});

test("marks are read as spans", () => {
  assert.deepEqual(spansOf("12-40,50-60"), [
    [12, 40],
    [50, 60],
  ]);
});

test("after the last mark comes the first", () => {
  assert.equal(stepFrom(0, 1, 3), 1);
  assert.equal(stepFrom(2, 1, 3), 0);
  assert.equal(stepFrom(0, -1, 3), 2);
});

test("a question is measured in characters, without the space around it", () => {
  assert.equal(tooLongWords("  12345  ", 5), "");
  assert.equal(tooLongWords("🦡🦡", 2), "");
  assert.equal(tooLongWords("x".repeat(1234), 1000), "The question has 1,234 characters; the maximum is 1,000.");
});
