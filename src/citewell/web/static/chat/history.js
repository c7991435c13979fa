// What was said before a question.

/** @typedef {{ role: "user" | "assistant", content: string }} Said */
/**
 * @typedef {object} Answered A question that was answered.
 * @property {string} question
 * @property {Said[]} brought What it brought with it, where it came by a link.
 * @property {boolean} alone Whether it was asked without what was said before.
 * @property {string | null} quoted What is marked in the best quotation.
 */

const MOST_CHARACTERS = 4000;
const MOST_MESSAGES = 12;

/**
 * What was said, as far as it was answered: each question and what is marked in its best quotation. A question that was asked
 * alone begins anew; one that came by a link brings what it leaned on.
 * @param {Answered[]} answered
 * @returns {Said[]}
 */
export function saidIn(answered) {
  /** @type {Said[]} */
  let said = [];
  for (const { question, brought, alone, quoted } of answered) {
    if (alone) said = [];
    said.push(...brought, { role: "user", content: question.slice(0, MOST_CHARACTERS) });
    if (quoted !== null) said.push({ role: "assistant", content: quoted.slice(0, MOST_CHARACTERS) });
  }
  const kept = said.slice(-MOST_MESSAGES);
  return kept[0]?.role === "assistant" ? kept.slice(1) : kept;
}
