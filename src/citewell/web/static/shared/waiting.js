// Temporary states: the server is unreachable or busy. The request is retried automatically, or with the button.
import { maybe, one } from "./dom.js";
import { gettext } from "./messages.js";
import { longerThan, pauseBefore } from "./pauses.js";
import { isThere } from "./server.js";

/** @type {WeakMap<Element, number>} */
const triesOf = new WeakMap();
/** @type {WeakMap<Element, () => unknown>} */
const retries = new WeakMap();

/** @param {number} seconds */
function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

/**
 * If an element shows a state, retry the request until it succeeds, with longer and longer pauses.
 * @param {HTMLElement} where
 * @param {() => unknown} again Sends the request again.
 */
export function watchState(where, again) {
  const state = maybe(where, ".cw-state");
  const tries = state ? (triesOf.get(where) ?? 0) + 1 : 0;
  triesOf.set(where, tries);
  if (!state) return;
  retries.set(state, again);
  if (state.dataset.state === "lost") lookForServer(state);
  else if (state.dataset.again) countDown(state, pauseBefore(Number(state.dataset.again), tries));
}

/**
 * Send the request of a state again, once, automatically or with the button.
 * @param {Element} state
 */
export function retry(state) {
  const again = retries.get(state);
  retries.delete(state);
  return again?.();
}

/** @param {HTMLElement} state */
async function lookForServer(state) {
  for (let seconds = 1; state.isConnected; seconds = longerThan(seconds)) {
    await pause(seconds);
    if (state.isConnected && (await isThere())) return state.isConnected && retry(state);
  }
}

/**
 * @param {HTMLElement} state
 * @param {number} seconds
 */
async function countDown(state, seconds) {
  for (let left = seconds; left > 0; left -= 1) {
    one(state, ".cw-countdown").textContent = gettext("Retrying in %(seconds)s s", { seconds: left });
    await pause(1);
    if (!state.isConnected) return;
  }
  retry(state);
}
