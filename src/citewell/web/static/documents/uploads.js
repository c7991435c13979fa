// The results of uploads and removals. The list outlives the panel, because uploads continue when it closes.
import { newButton } from "../shared/dom.js";

/** The list, with a line for each document. */
export const uploads = document.createElement("ul");
uploads.className = "cw-uploads";
uploads.setAttribute("aria-live", "polite");

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
