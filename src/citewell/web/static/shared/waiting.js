// States that pass: the server is away, or has too much to do. What was wanted is wanted again by itself, or at a press.
import { maybe, one } from "./dom.js";
import { longerThan, pauseBefore } from "./pauses.js";
import { isThere } from "./server.js";

/** @type {WeakMap<Element, number>} */
const triesOf = new WeakMap();
/** @type {WeakMap<Element, () => unknown>} */
const againOf = new WeakMap();

/** @param {number} seconds */
function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

/**
 * Have a state that is shown somewhere lead back to what was wanted. The longer it lasts, the longer each pause.
 * @param {HTMLElement} where
 * @param {() => unknown} again
 */
export function tend(where, again) {
  const state = maybe(where, ".cw-state");
  const tries = state ? (triesOf.get(where) ?? 0) + 1 : 0;
  triesOf.set(where, tries);
  if (!state) return;
  againOf.set(state, again);
  if (state.dataset.state === "lost") lookForServer(state);
  else if (state.dataset.again) countDown(state, pauseBefore(Number(state.dataset.again), tries));
}

/**
 * Want what was wanted before a state: once, whether by itself or at a press.
 * @param {Element} state
 */
export function wantAgain(state) {
  const again = againOf.get(state);
  againOf.delete(state);
  return again?.();
}

/** @param {HTMLElement} state */
async function lookForServer(state) {
  for (let seconds = 1; state.isConnected; seconds = longerThan(seconds)) {
    await pause(seconds);
    if (state.isConnected && (await isThere())) return state.isConnected && wantAgain(state);
  }
}

/**
 * @param {HTMLElement} state
 * @param {number} seconds
 */
async function countDown(state, seconds) {
  for (let left = seconds; left > 0; left -= 1) {
    one(state, ".cw-countdown").textContent = `Again in ${left} s`;
    await pause(1);
    if (!state.isConnected) return;
  }
  wantAgain(state);
}
