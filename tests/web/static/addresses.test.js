import assert from "node:assert/strict";
import { test } from "node:test";
import { signInAddress } from "../../../src/citewell/web/static/auth/addresses.js";
import { linkTo, sharedBy, without } from "../../../src/citewell/web/static/chat/links.js";
import { documentAddress, pathIn } from "../../../src/citewell/web/static/documents/addresses.js";

const PAGE = "http://127.0.0.1:7860/?q=before#part";

test("a link says what it was made of", () => {
  const shared = {
    question: "Who digs? & why=this",
    place: "animals/",
    filters: ['author:"Ann & Lee"', "-tag:draft"],
    after: ["one", "two"],
    exact: true,
    own: true,
  };
  const link = new URL(linkTo(PAGE, shared));
  assert.equal(link.pathname, "/");
  assert.deepEqual(sharedBy(link.search), shared);
});

test("a link to a question alone has nothing else", () => {
  const shared = { question: "Who?", place: "", filters: [], after: [], exact: false, own: false };
  assert.equal(new URL(linkTo(PAGE, shared)).search, "?q=Who%3F");
});

test("an address that asks nothing shares nothing", () => {
  for (const search of ["", "?q=", "?in=animals/", "?after=a"]) assert.equal(sharedBy(search), null);
});

test("of earlier questions the last six count", () => {
  const after = Array.from({ length: 9 }, (_, nth) => `&after=${nth}`).join("");
  assert.deepEqual(sharedBy(`?q=a${after}`)?.after, ["3", "4", "5", "6", "7", "8"]);
});

test("each part of a document's path is escaped by itself", () => {
  assert.equal(documentAddress("a b/c?d#.md", false), "/api/documents/a%20b/c%3Fd%23.md");
  assert.equal(documentAddress("a.md", true), "/api/documents/a.md?replace=true");
});

test("a folder is typed with or without slashes", () => {
  for (const folder of ["in/here", " /in/here/ ", "//in/here//"]) assert.equal(pathIn(folder, "a.md"), "in/here/a.md");
  for (const folder of ["", "  ", "/"]) assert.equal(pathIn(folder, "a.md"), "a.md");
});

test("signing in leads back to the same question", () => {
  assert.equal(signInAddress("/?q=a&in=b"), "/sign-in?next=%2F%3Fq%3Da%26in%3Db");
});

test("a list without a text has the others in their order", () => {
  assert.deepEqual(without(["a", "b", "a"], "a"), ["b"]);
  assert.deepEqual(without(["a"], "b"), ["a"]);
});
