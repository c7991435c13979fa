import assert from "node:assert/strict";
import { test } from "node:test";
import { sortOut } from "../../../src/citewell/web/static/documents/sorting.js";

const file = (/** @type {number} */ size) => /** @type {File} */ ({ size });

test("what cannot be added is parted by its reason, the others are in the order of their names", () => {
  const names = ["a/10.txt", "a/2.TXT", "README", "a/.git/x.txt", ".env", "b/photo.jpg", "b/dots.", "big.txt"];
  const found = names.map((name) => ({ name, file: file(name === "big.txt" ? 65e6 : 10) }));
  const { taken, left } = sortOut([...found, { name: "gone.txt", file: null }], [".txt", ".zip"], 64e6);
  assert.deepEqual(
    taken.map(({ name }) => name),
    ["a/2.TXT", "a/10.txt", "b/dots.", "README"],
  );
  assert.deepEqual(Object.fromEntries(left), {
    hidden: [".env", "a/.git/x.txt"],
    "not in a supported format (.jpg)": ["b/photo.jpg"],
    "larger than 64 MB": ["big.txt"],
    "not readable by the browser": ["gone.txt"],
  });
});
