// Pictures of pages from the server; the last few stay in memory.
import { gettext } from "../shared/messages.js";

const MOST = 12;

/**
 * @typedef {object} Sheet
 * @property {string} address Of the picture, in this window.
 * @property {number} width In tenths of a point.
 * @property {number} height In tenths of a point.
 * @property {number} count How many pages the document has.
 */

/** The pictures of one document's pages. */
export class Sheets {
  /** @param {string} path The document. */
  constructor(path) {
    this.path = path;
    /** @type {Map<string, Sheet>} */
    this.kept = new Map();
  }

  /**
   * Get the picture of a page.
   * @param {number} page
   * @param {number} dpi
   * @returns {Promise<Sheet | string>} It, or why it is not shown.
   */
  async get(page, dpi) {
    const key = `${page}/${dpi}`;
    const known = this.kept.get(key);
    if (known) return known;
    const wanted = new URLSearchParams({ document: this.path, page: String(page), dpi: String(dpi) });
    try {
      const answer = await fetch(`/api/page-image?${wanted}`);
      if (!answer.ok) return reasonOf(await answer.json());
      const [width = 0, height = 0] = (answer.headers.get("Page-Size") ?? "").split(" ").map(Number);
      const count = Number(answer.headers.get("Page-Count"));
      const sheet = { address: URL.createObjectURL(await answer.blob()), width, height, count };
      this.keep(key, sheet);
      return sheet;
    } catch {
      return gettext("The page is not shown: the server does not respond.");
    }
  }

  /**
   * @param {string} key
   * @param {Sheet} sheet
   */
  keep(key, sheet) {
    this.kept.set(key, sheet);
    for (const [oldest, { address }] of this.kept) {
      if (this.kept.size <= MOST) break;
      URL.revokeObjectURL(address);
      this.kept.delete(oldest);
    }
  }

  /** Let go of all pictures. */
  drop() {
    for (const { address } of this.kept.values()) URL.revokeObjectURL(address);
    this.kept.clear();
  }
}

/** @param {unknown} problem */
function reasonOf(problem) {
  const said = problem && typeof problem === "object" && "message" in problem ? problem.message : "";
  return said
    ? gettext("The page is not shown: %(reason)s.", { reason: String(said) })
    : gettext("The page is not shown: the server refused it.");
}
