// The results of uploads and removals. The list outlives the panel, because uploads continue when it closes.
import { newButton } from "../shared/dom.js";
import { gettext, number } from "../shared/messages.js";

/** The list, with a line for each document. */
export const uploads = document.createElement("ul");
uploads.className = "cw-uploads";
uploads.setAttribute("aria-live", "polite");
uploads.tabIndex = -1;

/** From so many files on, the rate is shown. */
const MANY = 5;

const rate = document.createElement("li");
rate.className = "cw-rate";

/**
 * Say how many of many files were added, above their lines.
 * @param {{ added: number, same: number, failed: number }} sum
 * @param {(() => void) | null} replaceAll Replaces those that exist, if there are several.
 */
export function showSum({ added, same, failed }, replaceAll) {
  uploads.setAttribute("aria-live", "polite");
  if (added + same + failed < MANY) return;
  const sum = newLine("");
  uploads.prepend(sum.item);
  const parts = [gettext("%(count)s added", { count: added })];
  if (same) parts.push(gettext("%(count)s already there", { count: same }));
  if (failed) parts.push(gettext("%(count)s not", { count: failed }));
  sum.report(parts.join(", "));
  if (replaceAll) offer(sum, gettext("Replace all that exist"), replaceAll);
}

/**
 * Show how many files are done, how fast, and how long the rest takes, with a button that stops it.
 * @param {number} done
 * @param {number} total
 * @param {number} seconds How long it has taken so far.
 */
export function showRate(done, total, seconds) {
  if (done >= total || total < MANY) {
    rate.remove();
    return;
  }
  const speed = done / Math.max(seconds, 0.001);
  const left = Math.ceil((total - done) / speed);
  const rest = left < 90 ? `${left} s` : gettext("%(count)s minutes", { count: Math.round(left / 60) });
  if (!rate.isConnected) {
    // A thousand lines would be read aloud.
    uploads.setAttribute("aria-live", "off");
    const stop = newButton("cw-plain", gettext("Stop"));
    stop.dataset.tray = "stop";
    rate.replaceChildren(document.createElement("span"), " ", stop);
    uploads.prepend(rate);
  }
  const words = gettext("%(done)s of %(total)s files, %(speed)s a second, about %(rest)s left", {
    done,
    total,
    speed: number(speed, speed < 10 ? 1 : 0),
    rest,
  });
  if (rate.firstChild) rate.firstChild.textContent = words;
}

/** @typedef {{ item: HTMLElement, report: (words: string, state?: string) => void }} Line */

/**
 * Add a line with the progress and result of one document.
 * @param {string} path
 * @returns {Line}
 */
export function newLine(path) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const status = document.createElement("span");
  name.textContent = path;
  status.className = "cw-result";
  item.append(name, " ", status);
  uploads.append(item);
  // The page's language is not known before.
  uploads.setAttribute("aria-label", gettext("Results"));
  // It scrolls when it is long.
  uploads.tabIndex = 0;
  const report = (/** @type {string} */ words, state = "") => {
    status.textContent = words;
    item.className = state;
  };
  return { item, report };
}

/**
 * Add a button to a line; it can be used once.
 * @param {Line} line
 * @param {string} words
 * @param {() => void} act
 */
export function offer(line, words, act) {
  const button = newButton("cw-plain", words);
  button.addEventListener("click", () => {
    button.remove();
    act();
  });
  line.item.append(button);
}
