// Copies quotations with citations, copies links, and saves the conversation.
import { all, around, maybe, one } from "../shared/dom.js";
import { root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { addressOf } from "./asking.js";
import { citedInBibtex, citedInMarkdown, citedPlainly, inMarkdown, oneLine } from "./citations.js";
import { sections, turnOf } from "./turns.js";

/** @type {Record<string, (quotation: import("./citations.js").Quotation) => string>} */
const FORMS = { plain: citedPlainly, markdown: citedInMarkdown, bibtex: citedInBibtex };
const NOTES = ".cw-understood, .cw-reply, .cw-refusal, .cw-answer > :is(.cw-error, .cw-state)";

/** @param {HTMLElement} card */
function quotationOf(card) {
  const { path = "", key = "", title = "", section = "[]", place = "", marks = "" } = card.dataset;
  const quote = one(card, "mark").textContent;
  const drifted = maybe(card, ".cw-drifted")?.dataset.drifted ?? "";
  return { quote, path, key, title, section: JSON.parse(section), place, marks, drifted };
}

/** @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Over plain HTTP from another machine there is no clipboard API; the old command still works.
    const field = document.createElement("textarea");
    field.value = text;
    root.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
  return true;
}

/**
 * @param {HTMLElement} place
 * @param {boolean} done
 */
function report(place, done) {
  place.textContent = done ? gettext("Copied.") : gettext("The browser does not allow copying here.");
}

/**
 * Copy a quotation with its citation.
 * @param {HTMLElement} button
 * @param {string} form
 */
export async function copyCard(button, form) {
  const card = around(button, ".cw-card");
  const cited = FORMS[form] ?? citedPlainly;
  report(one(card, ".cw-status"), await copyText(cited(quotationOf(card))));
  around(button, "details").removeAttribute("open");
}

/**
 * Copy the link to an answer.
 * @param {HTMLElement} button
 */
export async function copyLink(button) {
  const section = around(button, ".cw-turn");
  report(one(section, ".cw-feedback .cw-status"), await copyText(addressOf(section)));
}

/** Save the conversation as a file of Markdown. */
export function saveConversation() {
  const parts = [`# Citewell, ${new Date().toISOString().slice(0, 10)}\n`, ...sections().flatMap(partsOf)];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/markdown" }));
  link.download = "citewell-conversation.md";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {HTMLElement} section */
function partsOf(section) {
  const notes = all(section, NOTES).map((note) => {
    const words = /** @type {HTMLElement} */ (note.cloneNode(true));
    for (const button of all(words, "button")) button.remove();
    return `${inMarkdown(words.textContent.trim())}\n`;
  });
  const cards = all(section, ".cw-answer > .cw-card").map((card) => citedInMarkdown(quotationOf(card)));
  return [`## ${inMarkdown(oneLine(turnOf(section).asked.question))}\n`, ...notes, ...cards];
}
