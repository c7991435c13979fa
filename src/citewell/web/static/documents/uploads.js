// What came of documents that were put in or removed; it outlives the panel, as sending them does.
import { newButton } from "../shared/dom.js";

/** The list, with a line for each document. */
export const uploads = document.createElement("ul");
uploads.className = "cw-uploads";
uploads.setAttribute("aria-live", "polite");

/** @typedef {{ item: HTMLElement, tell: (words: string, state?: string) => void }} Line */

/**
 * Add a line, which says how far a document is and what came of it.
 * @param {string} path
 * @returns {Line}
 */
export function newLine(path) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const told = document.createElement("span");
  name.textContent = path;
  told.className = "cw-told";
  item.append(name, " ", told);
  uploads.append(item);
  const tell = (/** @type {string} */ words, state = "") => {
    told.textContent = words;
    item.className = state;
  };
  return { item, tell };
}

/**
 * Offer on a line to do something else, once.
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
