// The order of the passages of an answer: by relevance, or the newest first.
import { all, around, maybe } from "../shared/dom.js";
import { newestFirst } from "./newest.js";

/**
 * Show the newest passages first, or the most relevant again.
 * @param {HTMLElement} button
 */
export function showNewest(button) {
  const answer = around(button, ".cw-answer");
  const byDate = button.getAttribute("aria-pressed") !== "true";
  const cards = all(answer, ".cw-card[data-rank]");
  const dated = cards.map((card) => ({ card, date: card.dataset.date ?? "", rank: Number(card.dataset.rank) }));
  const wanted = byDate ? newestFirst(dated) : [...dated].sort((one, other) => one.rank - other.rank);
  // Open cards stay as many as they were; a mark keeps each place.
  const places = cards.map((card) => {
    const mark = document.createComment("");
    card.replaceWith(mark);
    return mark;
  });
  for (const [nth, { card }] of wanted.entries()) places[nth]?.replaceWith(card);
  button.setAttribute("aria-pressed", String(byDate));
  answer.classList.toggle("cw-newest", byDate);
  const folded = maybe(answer, ".cw-more");
  if (folded instanceof HTMLDetailsElement && byDate) folded.open = true;
}
