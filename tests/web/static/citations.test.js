import assert from "node:assert/strict";
import { test } from "node:test";
import {
  citedInBibtex,
  citedInMarkdown,
  citedPlainly,
  inBibtex,
  inMarkdown,
  oneLine,
} from "../../../src/citewell/web/static/chat/citations.js";

const QUOTATION = {
  quote: "Badgers dig.\nSetts last.",
  path: "animals/badgers.md",
  key: "0123456789abcdef",
  title: "Badgers",
  section: ["Homes", "Setts"],
  place: "",
  marks: "12-36,50-60",
  drifted: "",
};

test("a quotation is cited by its first mark", () => {
  assert.equal(
    citedPlainly(QUOTATION),
    "“Badgers dig.\nSetts last.” — Badgers › Homes › Setts (animals/badgers.md, characters 12–36)",
  );
});

test("a page stands after the headings", () => {
  assert.match(citedPlainly({ ...QUOTATION, place: "page 7" }), /Setts › page 7 \(/);
});

for (const [drifted, words] of Object.entries({
  changed: "has changed",
  gone: "has been removed",
  unreadable: "could not be read",
})) {
  test(`a citation says that a file is ${drifted}`, () => {
    const drift = new RegExp(`, as indexed; the file ${words}`);
    for (const cited of [citedPlainly, citedInMarkdown, citedInBibtex]) {
      assert.match(cited({ ...QUOTATION, drifted }), drift);
      assert.doesNotMatch(cited(QUOTATION), drift);
    }
  });
}

test("Markdown quotes every line", () => {
  assert.equal(
    citedInMarkdown(QUOTATION),
    "> Badgers dig.\n> Setts last.\n>\n> — Badgers › Homes › Setts (animals/badgers.md, characters 12–36)\n",
  );
});

test("an entry of BibTeX has a name of letters and digits", () => {
  const cited = citedInBibtex(QUOTATION);
  assert.equal(
    cited,
    "@misc{animals-badgers-md-12,\n  title = {Badgers},\n  howpublished = {animals/badgers.md},\n" +
      "  note = {Badgers › Homes › Setts, characters 12--36},\n  abstract = {Badgers dig. Setts last.}\n}\n",
  );
  assert.ok(citedInBibtex({ ...QUOTATION, path: "獾" }).startsWith("@misc{0123456789abcdef-12,"));
});

test("what Markdown would read is escaped", () => {
  assert.equal(inMarkdown("# a *b* <i>"), "\\# a \\*b\\* \\<i\\>");
  assert.equal(inMarkdown("1. one\n- two"), "1\\. one\n\\- two");
  assert.equal(inMarkdown("http://a www.b"), "http\\://a www\\.b");
});

test("what BibTeX would read is written as commands", () => {
  assert.equal(inBibtex("a {b}\n\\c & 5 %"), "a \\textbraceleft{}b\\textbraceright{} \\textbackslash{}c \\& 5 \\%");
});

test("control characters are left out", () => {
  assert.equal(oneLine(" a\u0000b\r\nc\u001b "), "ab c");
});
