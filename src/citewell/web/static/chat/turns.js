// The questions on the page, each with its data.
import { all, around } from "../shared/dom.js";
import { log } from "../shared/frame.js";

/** @typedef {import("./history.js").Said} Said */
/** @typedef {{ question: string, place: string, filters: string[], exact: boolean, own: boolean, history: Said[] }} Asked The request that was sent. */
/**
 * @typedef {object} Turn
 * @property {Asked} asked
 * @property {boolean} alone Whether it was asked without the earlier turns.
 * @property {boolean} linked Whether its earlier turns came from a link.
 * @property {string} answer The unique name of the answer.
 */

/** @type {WeakMap<Element, Turn>} */
const turns = new WeakMap();

/**
 * The data of the question that an element belongs to.
 * @param {Element} inside
 */
export function turnOf(inside) {
  const turn = turns.get(around(inside, ".cw-turn"));
  if (!turn) throw new Error("the question has no data");
  return turn;
}

/** All questions on the page, oldest first. */
export function sections() {
  return all(log, ".cw-turn");
}

/**
 * Show a question that waits for its answer.
 * @param {Turn} turn
 */
export function addTurn(turn) {
  const section = document.createElement("section");
  section.className = "cw-turn";
  const question = document.createElement("h2");
  question.className = "cw-question";
  question.dir = "auto";
  question.textContent = turn.asked.question;
  const answer = document.createElement("div");
  answer.className = "cw-answer";
  answer.setAttribute("aria-busy", "true");
  answer.innerHTML = '<p class="cw-waiting">Searching…</p>';
  section.append(question, answer);
  log.append(section);
  turns.set(section, turn);
  return { section, answer };
}

/** A unique name for an answer. (crypto.randomUUID is only available over HTTPS.) */
export function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
