// A source that opens over the panel of the quality, which comes back as it was, with its charts.
import { nextView, opener } from "../reader/reader.js";
import { openSource } from "../reader/source.js";
import { maybe, newButton, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";

/**
 * @typedef {object} Kept The panel while a source is open over it.
 * @property {DocumentFragment} panel
 * @property {HTMLElement | null} button What the source was opened by.
 * @property {number} top How far the panel was scrolled.
 * @property {(place: HTMLElement) => void} resume Goes on with what the panel was doing.
 */

/** @type {Kept | null} */
let kept = null;

/**
 * Show a source that the server is sending.
 * @param {Promise<string>} coming
 * @param {HTMLElement | null} button What it was opened by, if by a button.
 * @param {(place: HTMLElement) => void} resume Goes on with what the panel was doing.
 */
export async function showOver(coming, button, resume) {
  const panel = document.createDocumentFragment();
  const { scrollTop: top } = one(reader, ".cw-view");
  const from = opener;
  const current = nextView();
  await coming;
  if (!current() || !maybe(reader, ".cw-view") || !from) return;
  panel.append(...reader.childNodes);
  kept = { panel, button, top, resume };
  await openSource(coming, from, returnToPanel);
  const back = newButton("cw-show", "Back to quality");
  back.dataset.judge = "back";
  one(reader, "[data-close]").before(back);
  if (!maybe(reader, ".cw-place")) back.focus();
}

/** Show the panel again. */
export function returnToPanel() {
  if (!kept) return;
  nextView();
  reader.replaceChildren(kept.panel);
  const place = one(reader, ".cw-view");
  place.scrollTop = kept.top;
  const { button, resume } = kept;
  (button && reader.contains(button) ? button : place).focus({ preventScroll: true });
  resume(place);
}
