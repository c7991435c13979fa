// Pages and zoom, as numbers.
import { gettext } from "../shared/messages.js";

/** The widths that a page can be shown in, as multiples of the width of its area. */
export const ZOOMS = [1, 1.25, 1.5, 2, 3, 4];
// What the server makes pictures in, in dots an inch.
const RESOLUTIONS = [96, 144, 216, 288];
const TENTHS_OF_A_POINT = 720;

/**
 * The page that is meant by what was typed: a printed label first, else a number from 1; null if there is none.
 * @param {string} typed
 * @param {Record<string, string>} labels The printed label of each page that has text.
 * @param {number} count How many pages there are; 0 is unknown.
 */
export function pageMeant(typed, labels, count) {
  const wanted = typed.trim().toLowerCase();
  const labelled = Object.entries(labels).find(([, label]) => label.toLowerCase() === wanted);
  if (labelled) return Number(labelled[0]);
  const page = /^\d+$/.test(wanted) ? Number(wanted) : 0;
  return page > 0 && (!count || page <= count) ? page : null;
}

/**
 * The page that is some pages away, within those that there are.
 * @param {number} page
 * @param {number} by
 * @param {number} count How many pages there are; 0 is unknown.
 */
export function turned(page, by, count) {
  return Math.max(1, Math.min(page + by, count || page + by));
}

/**
 * The next width in which a page is shown.
 * @param {number} zoom
 * @param {number} by -1 is narrower, 1 wider, 0 as wide as the area.
 */
export function zoomed(zoom, by) {
  if (!by) return 1;
  const at = ZOOMS.indexOf(zoom) + by;
  return ZOOMS[Math.max(0, Math.min(at, ZOOMS.length - 1))] ?? 1;
}

/**
 * The resolution that a page needs to be sharp.
 * @param {number} pixels How wide it is shown, in pixels of the screen.
 * @param {number} width How wide it is, in tenths of a point.
 */
export function resolutionFor(pixels, width) {
  const needed = (pixels * TENTHS_OF_A_POINT) / (width || pixels * 10);
  return RESOLUTIONS.find((each) => each >= needed) ?? RESOLUTIONS[RESOLUTIONS.length - 1] ?? 0;
}

/**
 * What a page is called: its number, and its printed label if that is another.
 * @param {number} page
 * @param {Record<string, string>} labels
 * @param {number} count
 */
export function nameOf(page, labels, count) {
  const label = labels[page] ?? String(page);
  const values = { page: String(page), label, count };
  if (label === String(page))
    return count ? gettext("page %(page)s of %(count)s", values) : gettext("page %(page)s", values);
  return count
    ? gettext("page %(label)s (%(page)s of %(count)s)", values)
    : gettext("page %(label)s (%(page)s)", values);
}
