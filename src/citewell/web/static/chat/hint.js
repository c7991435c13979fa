// The first answer in this browser explains itself, once.
import { maybe } from "../shared/dom.js";
import { stateOf } from "../shared/frame.js";

const KEY = "citewell-explained";

/**
 * Explain an answer, unless one was explained before.
 * @param {HTMLElement} answer
 */
export function explainFirst(answer) {
  const lead = maybe(answer, ":scope > .cw-lead");
  if (!lead || isExplained()) return;
  lead.insertAdjacentHTML("afterend", stateOf("hint"));
}

// Without storage, nothing would be remembered, and each answer would be explained.
function isExplained() {
  try {
    const before = localStorage.getItem(KEY);
    localStorage.setItem(KEY, "yes");
    return before !== null;
  } catch {
    return true;
  }
}
