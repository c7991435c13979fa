import assert from "node:assert/strict";
import { test } from "node:test";
import { inColours, inks } from "../../../src/citewell/web/static/quality/colours.js";
import { askedAgain, doesSomething, requestOf } from "../../../src/citewell/web/static/quality/requests.js";

test("only what stands around the boxes is written in the ink of the page", () => {
  const trace = { marker: { colors: ["rgba(1,2,3,0.1)", "#fff"] }, insidetextfont: { color: ["old", "own"] } };
  assert.deepEqual(inks(trace, "ink"), ["ink", "own"]);
});

test("a layout keeps what is not a colour", () => {
  const layout = inColours({ height: 300, font: { size: 13 } }, { ink: "ink", card: "card", line: "line" });
  assert.equal(layout.height, 300);
  assert.deepEqual(layout.font, { size: 13, color: "ink" });
  assert.deepEqual(layout.hoverlabel, { bgcolor: "card", bordercolor: "line", font: { color: "ink" } });
});

test("a button goes before the fields around it", () => {
  const button = { judge: "accept", key: "k", feedback: "7", run: "" };
  assert.deepEqual(requestOf(button, { set: "a", key: "field" }), {
    action: "accept",
    set: "a",
    key: "k",
    feedback: 7,
  });
});

test("what has been done is not done again", () => {
  for (const action of ["run", "cancel", "accept", "reject"]) {
    assert.ok(doesSomething({ action }));
    assert.deepEqual(askedAgain({ action }), { action: "runs" });
  }
  assert.deepEqual(askedAgain({ action: "result", run: "r" }), { action: "result", run: "r" });
});
