// What is still running: a rebuild, or a question set that is asked.
import { maybe } from "./dom.js";

/** Milliseconds from one look at it to the next. */
export const POLL = 400;

/**
 * Show how far it is. Only the figures are new, so that who is about to cancel it can.
 * @param {Element} place Where it is shown.
 * @param {string} html How it is now.
 * @returns {boolean} Whether it is still running.
 */
export function showProgress(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const before = maybe(place, "[data-running] .cw-stages");
  const after = maybe(template.content, "[data-running] .cw-stages");
  if (before && after) before.replaceWith(after);
  return Boolean(before && after);
}
