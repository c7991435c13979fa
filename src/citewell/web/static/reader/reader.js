// The reader: the area beside the conversation that shows documents and panels.
import { newButton, one } from "../shared/dom.js";
import { input, place, reader, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { watchState } from "../shared/waiting.js";

const narrow = matchMedia("(max-width: 800px)");
let views = 0;

/**
 * The button that opened the reader; it gets the focus back when the reader closes.
 * @type {HTMLElement | null}
 */
export let opener = null;

/**
 * The question of the conversation that the reader was opened from, if any. It outlives the button.
 * @type {HTMLElement | null}
 */
export let openedFrom = null;

/**
 * Remember the button that opens the reader, unless it is, or was, inside the reader.
 * @param {HTMLElement} button
 */
export function openedBy(button) {
  if (!button.isConnected || reader.contains(button)) return;
  opener = button;
  openedFrom = button.closest(".cw-turn");
}

/**
 * Show a view in the reader, unless another one is asked for meanwhile.
 * @param {HTMLElement} button The button that opens it.
 * @param {Promise<string>} coming Its HTML.
 * @param {() => unknown} again Sends the request again.
 * @returns {Promise<boolean>} Whether it is shown.
 */
export async function showView(button, coming, again) {
  const current = nextView();
  openedBy(button);
  const html = await whileBusy(button, coming);
  if (!current()) return false;
  reader.innerHTML = html;
  watchState(reader, again);
  openReader();
  return true;
}

/** Start a new view in the reader; the returned function tells whether it is still the latest. */
export function nextView() {
  views += 1;
  const mine = views;
  return () => mine === views;
}

/**
 * Mark a button as busy until a result arrives.
 * @template Result
 * @param {HTMLElement} button
 * @param {Promise<Result>} coming
 */
export async function whileBusy(button, coming) {
  button.setAttribute("aria-busy", "true");
  const html = await coming;
  button.removeAttribute("aria-busy");
  return html;
}

/** Whether the focus may move: not while the user is typing. */
export function mayFocus() {
  return document.activeElement !== input && document.activeElement !== place;
}

/** Show the reader, with a "Close" button. */
export function openReader() {
  if (!reader.querySelector("[data-close]")) {
    const close = newButton("cw-close", gettext("Close"));
    close.dataset.close = "";
    reader.append(close);
  }
  reader.hidden = false;
  root.dataset.reader = "open";
  cover();
}

/** Move the focus to the "Close" button, unless the user is typing. */
export function focusClose() {
  if (mayFocus()) one(reader, "[data-close]").focus({ preventScroll: true });
}

// On a narrow window the reader covers the conversation, which is then inert.
function cover() {
  one(root, ".cw-chat").inert = !reader.hidden && narrow.matches;
}

/** Close the reader. */
export function closeReader() {
  nextView();
  if (reader.hidden) return;
  reader.hidden = true;
  reader.innerHTML = "";
  root.dataset.reader = "closed";
  cover();
  if (opener?.isConnected) opener.focus();
}

/** Listen to the width of the window. */
export function listenToWidth() {
  narrow.addEventListener("change", cover);
}
