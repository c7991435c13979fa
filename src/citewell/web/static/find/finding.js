// Every place of some words: the list in the reader, and a document with its places marked.
import { chosenFilters } from "../chat/filters.js";
import { mayFocus, showView } from "../reader/reader.js";
import { openSource, step } from "../reader/source.js";
import { maybe, newButton, one } from "../shared/dom.js";
import { place, reader, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";

// The request of the last list, to return to it from its documents.
let listed = "";

/**
 * Show a list of places, or an empty panel.
 * @param {HTMLElement} button
 * @param {string} value The request as JSON; empty is none.
 */
export async function find(button, value) {
  const request = value ? JSON.parse(value) : { place: place.value.trim(), filters: chosenFilters() };
  if (!(await showView(button, callServer("find", request), () => find(button, value)))) return;
  listed = JSON.stringify(request);
  const field = maybe(reader, ".cw-find-places") ? ".cw-found" : ".cw-find-input";
  if (mayFocus()) (maybe(reader, field) ?? one(reader, "[data-close]")).focus({ preventScroll: true });
}

/**
 * Show a place in its document, with all other places there.
 * @param {HTMLElement} button
 * @param {string} value The request as JSON.
 */
export async function showPlace(button, value) {
  const coming = callServer("within", JSON.parse(value));
  if (await openSource(coming, button, () => showPlace(button, value))) offerList(listed);
}

/** @param {string | undefined} list The request of the list that the document was opened from, if any. */
function offerList(list) {
  const form = maybe(reader, ".cw-within");
  if (!form || !list) return;
  form.dataset.list = list;
  const back = newButton("cw-plain", gettext("All places"));
  back.dataset.find = list;
  one(reader, "[data-close]").before(back);
}

/** Listen to the fields of the list and of a document. */
export function listenForFinding() {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.classList.contains("cw-find")) findTyped(form);
    else if (form.classList.contains("cw-within")) findWithin(form);
    else return;
    event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    // Enter alone submits the form.
    if (event.key !== "Enter" || !event.shiftKey || !(event.target instanceof HTMLInputElement)) return;
    if (!event.target.closest(".cw-within")) return;
    event.preventDefault();
    step(-1);
  });
}

/** @param {HTMLFormElement} form */
function findTyped(form) {
  const { place: within, sort, chosen = "[]" } = form.dataset;
  const query = one(form, "input", HTMLInputElement).value.trim();
  find(one(form, "button"), JSON.stringify({ query, place: within, sort, filters: JSON.parse(chosen) }));
}

// The next place, or the places of other words.
/** @param {HTMLFormElement} form */
async function findWithin(form) {
  const field = one(form, "input", HTMLInputElement);
  const query = field.value.trim();
  if (!query) return field.focus();
  if (query === field.dataset.query && maybe(reader, "mark.cw-stop")) return step(1);
  const button = one(form, "button");
  const coming = callServer("within", { path: form.dataset.path, query });
  if (!(await openSource(coming, button, () => findWithin(form)))) return;
  offerList(form.dataset.list);
  maybe(reader, ".cw-within input")?.focus({ preventScroll: true });
}
