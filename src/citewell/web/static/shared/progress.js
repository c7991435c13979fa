// The progress of a running rebuild or question set.
import { maybe } from "./dom.js";

/** The polling interval in milliseconds. */
export const POLL = 400;

/**
 * Update the progress. Only the figures are replaced, so the "Cancel" button stays usable.
 * @param {Element} place The element that shows it.
 * @param {string} html The new state.
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
