import assert from "node:assert/strict";
import { test } from "node:test";
import { historyOf } from "../../../src/citewell/web/static/chat/history.js";

/**
 * @param {string} question
 * @param {object} [more]
 */
function answered(question, more) {
  return { question, brought: [], alone: false, quoted: `quoted for ${question}`, ...more };
}

test("each question comes with what was quoted", () => {
  assert.deepEqual(historyOf([answered("a"), answered("b", { quoted: null })]), [
    { role: "user", content: "a" },
    { role: "assistant", content: "quoted for a" },
    { role: "user", content: "b" },
  ]);
});

test("a question asked alone begins anew", () => {
  const contents = historyOf([answered("a"), answered("b", { alone: true })]).map((said) => said.content);
  assert.deepEqual(contents, ["b", "quoted for b"]);
});

test("a linked question brings what it leaned on", () => {
  const brought = [{ role: /** @type {const} */ ("user"), content: "earlier" }];
  assert.equal(historyOf([answered("a", { brought })])[0]?.content, "earlier");
});

test("twelve messages are kept, and the first is a question", () => {
  const said = historyOf(Array.from({ length: 9 }, (_, nth) => answered(`q${nth}`)));
  assert.equal(said.length, 12);
  assert.deepEqual(said[0], { role: "user", content: "q3" });
  const uneven = historyOf([
    answered("alone", { quoted: null }),
    ...Array.from({ length: 8 }, (_, nth) => answered(`q${nth}`)),
  ]);
  assert.equal(uneven[0]?.role, "user");
  const shifted = historyOf([
    ...Array.from({ length: 8 }, (_, nth) => answered(`q${nth}`)),
    answered("last", { quoted: null }),
  ]);
  assert.equal(shifted.length, 11);
  assert.equal(shifted[0]?.role, "user");
});

test("long texts are cut", () => {
  const [asked, quoted] = historyOf([answered("q".repeat(5000), { quoted: "a".repeat(5000) })]);
  assert.equal(asked?.content.length, 4000);
  assert.equal(quoted?.content.length, 4000);
});
