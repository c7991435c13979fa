// The reader: the place beside the conversation in which documents and panels open.
import { newButton, one } from "../shared/dom.js";
import { input, place, reader, root } from "../shared/frame.js";

const narrow = matchMedia("(max-width: 800px)");
let views = 0;

/**
 * What was pressed to open the reader; it has the focus again when the reader closes.
 * @type {HTMLElement | null}
 */
export let opener = null;

/**
 * Remember what opened the reader; what stands in the reader itself does not count.
 * @param {HTMLElement} button
 */
export function openedBy(button) {
  if (!reader.contains(button)) opener = button;
}

/** What is wanted next in the place of the reader; says later whether it still is. */
export function nextView() {
  views += 1;
  const mine = views;
  return () => mine === views;
}

/**
 * What a button opens can take a while; it says so.
 * @template Result
 * @param {HTMLElement} button
 * @param {Promise<Result>} coming
 */
export async function busily(button, coming) {
  button.setAttribute("aria-busy", "true");
  const html = await coming;
  button.removeAttribute("aria-busy");
  return html;
}

/** Who types is not taken away from it by something that comes late. */
export function mayFocus() {
  return document.activeElement !== input && document.activeElement !== place;
}

/** Show the reader, with a way to close it. */
export function openReader() {
  if (!reader.querySelector("[data-close]")) {
    const close = newButton("cw-close", "Close");
    close.dataset.close = "";
    reader.append(close);
  }
  reader.hidden = false;
  root.dataset.reader = "open";
  cover();
}

/** Have who does not type go on at the way to close the reader. */
export function focusClose() {
  if (mayFocus()) one(reader, "[data-close]").focus({ preventScroll: true });
}

// On a phone the reader covers the conversation, which cannot be reached behind it.
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

/** Follow the width of the window. */
export function listenToWidth() {
  narrow.addEventListener("change", cover);
}
