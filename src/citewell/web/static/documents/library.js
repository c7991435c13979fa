// The table of all documents: searched, sorted and turned by the server.
import { openSource } from "../reader/source.js";
import { maybe, newButton, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";

/** The pause after a key before the table is searched, in milliseconds. */
const TYPING = 200;

const asked = { search: "", sort: "path", descending: false, page: 1 };
let requests = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

/** Show the table that was asked for last, if the panel is open. */
export async function showLibrary() {
  const place = maybe(reader, ".cw-library-rows");
  // What was typed is asked for now.
  clearTimeout(typing);
  if (!place) return;
  one(reader, "[data-table-search]", HTMLInputElement).value ||= asked.search;
  one(reader, "[data-table-order]", HTMLSelectElement).value = asked.sort;
  requests += 1;
  const mine = requests;
  place.setAttribute("aria-busy", "true");
  const html = await callServer("table", asked);
  if (mine !== requests || !place.isConnected) return;
  const focused = place.contains(document.activeElement) ? nameOf(document.activeElement) : "";
  place.removeAttribute("aria-busy");
  place.innerHTML = html;
  watchState(place, showLibrary);
  if (focused) focusAgain(place, focused);
}

/**
 * The selector of the button of a new table that does what a button of the old one did.
 * @param {Element | null} button
 */
function nameOf(button) {
  if (!(button instanceof HTMLElement)) return "";
  if (button.dataset.tableSort) return `[data-table-sort="${button.dataset.tableSort}"]`;
  if (button.dataset.tablePage) return button.nextElementSibling ? "nav :first-child" : "nav :last-child";
  return ".cw-scroll";
}

/**
 * @param {HTMLElement} place
 * @param {string} selector
 */
function focusAgain(place, selector) {
  const found = maybe(place, `${selector}:not([disabled])`) ?? maybe(place, "nav button:not([disabled])");
  (found ?? maybe(place, ".cw-scroll"))?.focus({ preventScroll: true });
}

/**
 * Sort by the column of a heading.
 * @param {HTMLElement} button
 * @param {string} sort
 */
export function sortLibrary(button, sort) {
  Object.assign(asked, { sort, descending: button.dataset.descending === "true", page: 1 });
  return showLibrary();
}

/**
 * @param {HTMLElement} _button
 * @param {string} page
 */
export function turnLibrary(_button, page) {
  asked.page = Number(page);
  return showLibrary();
}

/**
 * Show what Citewell sees of a document below its row, or hide it again.
 * @param {HTMLElement} button
 * @param {string} path
 */
export async function showSeen(button, path) {
  const row = button.closest("tr");
  if (!row || button.ariaBusy === "true") return;
  const below = row.nextElementSibling;
  if (below?.classList.contains("cw-seen-row")) {
    below.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  button.setAttribute("aria-busy", "true");
  const html = await callServer("table", { seen: path });
  button.removeAttribute("aria-busy");
  if (!row.isConnected) return;
  const seen = document.createElement("tr");
  seen.className = "cw-seen-row";
  const cell = document.createElement("td");
  cell.colSpan = row.cells.length;
  cell.innerHTML = html;
  seen.append(cell);
  row.after(seen);
  button.setAttribute("aria-expanded", "true");
}

/**
 * Open a document of the table, with a way back.
 * @param {HTMLElement} button
 * @param {string} path
 */
export async function openListed(button, path) {
  const again = () => openListed(button, path);
  if (!(await openSource(callServer("within", { path, query: "" }), button, again))) return;
  const back = newButton("cw-plain", gettext("All documents"));
  back.dataset.maintain = "show";
  one(reader, "[data-close]").before(back);
}

/**
 * Name a document of the table in the field that removes it.
 * @param {HTMLElement} _button
 * @param {string} path
 */
export function chooseToRemove(_button, path) {
  const field = one(reader, "[data-remove-path]", HTMLInputElement);
  field.value = path;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  one(reader, "[data-remove]").focus();
}

/** Listen to the search field and the list of orders. */
export function listenForLibrary() {
  reader.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !("tableSearch" in target.dataset)) return;
    asked.search = target.value;
    asked.page = 1;
    clearTimeout(typing);
    typing = setTimeout(showLibrary, TYPING);
  });
  reader.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || !("tableOrder" in target.dataset)) return;
    const descending = target.selectedOptions[0]?.dataset.descending === "true";
    Object.assign(asked, { sort: target.value, descending, page: 1 });
    showLibrary();
  });
}
