// A source that opens over the "Quality" panel. Closing it restores the panel with its charts.
import { nextView, opener } from "../reader/reader.js";
import { openSource } from "../reader/source.js";
import { maybe, newButton, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";

/**
 * @typedef {object} Kept The panel, saved while a source is open over it.
 * @property {DocumentFragment} panel
 * @property {HTMLElement | null} button The button that opened the source.
 * @property {number} top The scroll position of the panel.
 * @property {(place: HTMLElement) => void} resume Resumes the panel.
 */

/** @type {Kept | null} */
let kept = null;

/**
 * Show a source over the panel.
 * @param {Promise<string>} coming Its HTML.
 * @param {HTMLElement | null} button The button that opened it, if any.
 * @param {(place: HTMLElement) => void} resume Resumes the panel.
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
  const back = newButton("cw-show", gettext("Back to quality"));
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
