// Passages as cards: the numbers that lead to them, and what unfolds.
import { all, around, maybe, still } from "../shared/dom.js";

/**
 * Give the cards of an answer names that no other answer has, and their numbers the addresses.
 * @param {HTMLElement} section
 * @param {string} answer The name of the answer.
 */
export function nameCards(section, answer) {
  for (const card of all(section, ".cw-card[data-rank]")) card.id = `passage-${answer}-${card.dataset.rank}`;
  for (const link of all(section, "a[data-to]")) link.setAttribute("href", `#passage-${answer}-${link.dataset.to}`);
}

/**
 * Show or hide the rest of a text.
 * @param {HTMLElement} button
 */
export function unfold(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  for (const rest of all(around(button, "[data-folds]"), ".cw-rest")) rest.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
}

/**
 * Show or hide what else can be done with a passage, where there is no room for all of it.
 * @param {HTMLElement} button
 */
export function showFurther(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
}

/**
 * Move to the card of a sentence's number.
 * @param {HTMLElement} link
 * @param {string} rank
 */
export function goToCard(link, rank) {
  const card = maybe(around(link, ".cw-turn"), `.cw-card[data-rank="${CSS.escape(rank)}"]`);
  if (!card) return;
  const folded = card.closest("details");
  if (folded) folded.open = true;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}
