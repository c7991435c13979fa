// The earlier turns of a question.

/** @typedef {{ role: "user" | "assistant", content: string }} Said */
/**
 * @typedef {object} Answered An answered question.
 * @property {string} question
 * @property {Said[]} brought The earlier turns from its link, if any.
 * @property {boolean} alone Whether it was asked without the earlier turns.
 * @property {string | null} quoted The marked text of the best quotation.
 */

const MOST_CHARACTERS = 4000;
const MOST_MESSAGES = 12;

/**
 * The answered turns: each question and the marked text of its best quotation. A question that was asked alone starts a new
 * history; one from a link brings its context.
 * @param {Answered[]} answered
 * @returns {Said[]}
 */
export function historyOf(answered) {
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
