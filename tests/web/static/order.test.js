import assert from "node:assert/strict";
import { test } from "node:test";
import { newestFirst } from "../../../src/citewell/web/static/chat/newest.js";

/** @param {string[]} dates */
const ranks = (dates) => newestFirst(dates.map((date, nth) => ({ date, rank: nth + 1 }))).map((each) => each.rank);

test("the newest comes first, and what has no date last, in its order", () => {
  assert.deepEqual(ranks(["2022", "", "2024-02-01", "", "2024-03"]), [5, 3, 1, 2, 4]);
});

test("equal dates stay in their order", () => {
  assert.deepEqual(ranks(["2022", "2023", "2022", "2023"]), [2, 4, 1, 3]);
});
