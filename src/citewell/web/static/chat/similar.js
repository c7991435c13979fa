// Passages like one: cards in place of the answer, which one click brings back.
import { whileBusy } from "../reader/reader.js";
import { around, maybe, newButton, one } from "../shared/dom.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";

/**
 * The buttons that led from an answer to passages like one, to return the focus to them.
 * @type {WeakMap<Element, HTMLElement>}
 */
const openers = new WeakMap();

/**
 * Show the passages like one.
 * @param {HTMLElement} button
 */
export async function showSimilar(button) {
  const turn = around(button, ".cw-turn");
  const { path, start, end, key } = around(button, ".cw-card").dataset;
  const request = { path, start: Number(start), end: Number(end), key };
  const html = await whileBusy(button, callServer("like", request));
  if (!button.isConnected) return;
  if (!button.closest(".cw-alike")) openers.set(turn, button);
  maybe(turn, ":scope > .cw-alike")?.remove();
  const view = document.createElement("div");
  view.className = "cw-alike";
  const back = newButton("cw-plain", `← ${gettext("Back to the answer")}`);
  back.dataset.back = "";
  const cards = document.createElement("div");
  cards.innerHTML = html;
  view.append(back, cards);
  one(turn, ".cw-answer").hidden = true;
  turn.append(view);
  watchState(cards, () => fill(cards, request));
  back.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start", behavior: "auto" });
}

/**
 * @param {HTMLElement} cards
 * @param {object} request
 */
async function fill(cards, request) {
  cards.innerHTML = await callServer("like", request);
  watchState(cards, () => fill(cards, request));
}

/**
 * Show the answer again.
 * @param {HTMLElement} button
 */
export function showAnswer(button) {
  const turn = around(button, ".cw-turn");
  one(turn, ":scope > .cw-alike").remove();
  one(turn, ".cw-answer").hidden = false;
  const opener = openers.get(turn);
  opener?.focus({ preventScroll: true });
  opener?.scrollIntoView({ block: "nearest" });
}
