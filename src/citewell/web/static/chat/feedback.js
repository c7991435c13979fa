// Feedback about an answer or one of its passages. Pressing a button again withdraws the feedback.
import { all, around, maybe, one } from "../shared/dom.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { turnOf } from "./turns.js";

// Requests are sent one after the other, to keep their order.
let sending = Promise.resolve();

/**
 * Save or withdraw the feedback of a button.
 * @param {HTMLElement} button
 */
export function say(button) {
  const withdraw = button.getAttribute("aria-pressed") === "true";
  sending = sending.then(() => send(button, withdraw));
}

/**
 * @param {HTMLElement} button
 * @param {boolean} withdraw Whether to withdraw it.
 */
async function send(button, withdraw) {
  const feedback = one(around(button, ".cw-turn"), ".cw-feedback");
  const { asked, answer } = turnOf(button);
  const { verdict, rank } = button.dataset;
  const html = await callServer("say", {
    asked,
    answer,
    shown: feedback.dataset.shown,
    verdict: withdraw ? null : verdict,
    rank: rank ? Number(rank) : null,
  });
  const status = one(rank ? around(button, ".cw-card") : feedback, ".cw-status");
  status.innerHTML = html;
  watchState(status, () => send(button, withdraw));
  if (!maybe(status, ".cw-saved")) return;
  for (const other of rank ? [button] : all(feedback, "[data-verdict]")) {
    other.setAttribute("aria-pressed", String(other === button && !withdraw));
  }
}
