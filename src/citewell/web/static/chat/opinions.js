// What a reader says of an answer, or of one passage of it; saying it again takes it back.
import { all, around, maybe, one } from "../shared/dom.js";
import { called } from "../shared/server.js";
import { tend } from "../shared/waiting.js";
import { turnOf } from "./turns.js";

// What is said quickly is kept in the order in which it was said.
let saying = Promise.resolve();

/**
 * Keep what a button says.
 * @param {HTMLElement} button
 */
export function say(button) {
  const taken = button.getAttribute("aria-pressed") === "true";
  saying = saying.then(() => keep(button, taken));
}

/**
 * @param {HTMLElement} button
 * @param {boolean} taken Whether it is taken back.
 */
async function keep(button, taken) {
  const opinions = one(around(button, ".cw-turn"), ".cw-opinions");
  const { asked, answer } = turnOf(button);
  const { verdict, rank } = button.dataset;
  const said = await called("say", {
    asked,
    answer,
    shown: opinions.dataset.shown,
    verdict: taken ? null : verdict,
    rank: rank ? Number(rank) : null,
  });
  const told = one(rank ? around(button, ".cw-card") : opinions, ".cw-said");
  told.innerHTML = said;
  tend(told, () => keep(button, taken));
  if (!maybe(told, ".cw-noted")) return;
  for (const other of rank ? [button] : all(opinions, "[data-verdict]")) {
    other.setAttribute("aria-pressed", String(other === button && !taken));
  }
}
