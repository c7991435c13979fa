// A place that was expected in an answer: why it is not there.

import { openedFrom } from "../reader/reader.js";
import { around, one } from "../shared/dom.js";
import { reader, root } from "../shared/frame.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { turnOf } from "./turns.js";

// The server accepts no longer quotation.
const MOST_CHARACTERS = 4000;

/**
 * The last request for each explanation: the reply to an older one, or to one whose explanation was removed, comes too late.
 * @type {WeakMap<Element, object>}
 */
const awaited = new WeakMap();

/**
 * Show or hide the field for the expected place.
 * @param {HTMLElement} button
 */
export function expectPlace(button) {
  const form = one(around(button, ".cw-answer"), ".cw-expect");
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (form.hidden) return;
  one(form, "input").focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

/** Listen to the fields for expected places. */
export function listenForExpected() {
  root.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.classList.contains("cw-expect")) return;
    event.preventDefault();
    explainTyped(event.target);
  });
}

/** @param {HTMLFormElement} form */
async function explainTyped(form) {
  const field = one(form, "input", HTMLInputElement);
  const text = field.value.trim();
  if (!text) return field.focus();
  const request = { asked: turnOf(form).asked, text };
  await explain(one(form, ".cw-explanation"), request, () => explainTyped(form));
}

/**
 * Explain the selected passage of the open document, or the document.
 * @param {HTMLElement} button
 * @param {string} document
 */
export async function explainOpen(button, document) {
  if (!openedFrom) return;
  const request = { asked: turnOf(openedFrom).asked, document, text: selected() };
  await explain(one(reader, ".cw-explanation"), request, () => explainOpen(button, document));
}

/**
 * Remove an explanation; the focus returns to what asked for it.
 * @param {HTMLElement} button
 */
export function dismiss(button) {
  const asked = one(around(button, ".cw-expect, .cw-reader"), ".cw-expected-input, [data-open-why]");
  const where = around(button, ".cw-explanation");
  awaited.delete(where);
  where.removeAttribute("aria-busy");
  where.innerHTML = "";
  asked.focus({ preventScroll: true });
}

// The selected text of the open document.
function selected() {
  const chosen = getSelection();
  const inside = chosen?.anchorNode && one(reader, ".cw-reader-text").contains(chosen.anchorNode);
  return inside ? String(chosen).trim().slice(0, MOST_CHARACTERS) : "";
}

/**
 * @param {HTMLElement} where
 * @param {object} request
 * @param {() => unknown} again Sends the request again.
 */
async function explain(where, request, again) {
  awaited.set(where, request);
  where.setAttribute("aria-busy", "true");
  const html = await callServer("why", request);
  if (awaited.get(where) !== request) return;
  where.innerHTML = html;
  where.removeAttribute("aria-busy");
  watchState(where, again);
  where.scrollIntoView({ block: "nearest" });
}
