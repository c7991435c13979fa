// A document beside the conversation, opened at a quotation.
import { all, around, maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";
import { spansOf, stepFrom } from "./marks.js";
import { openPicture, showMark, showPlaceOnPage } from "./picture.js";
import { focusClose, mayFocus, openedFrom, showView } from "./reader.js";

const wide = matchMedia("(min-width: 1100px)");

/**
 * Show a quotation in its source.
 * @param {HTMLElement} button
 */
export async function showSource(button) {
  const card = around(button, "[data-key]");
  const { path, start, end, key } = card.dataset;
  // The marks of the answer's other passages from the same document are shown, too.
  const cards = all(around(card, ".cw-alike, .cw-answer"), ".cw-card").filter((each) => each.dataset.path === path);
  const marks = [...new Set([card, ...cards])].flatMap((each) => spansOf(each.dataset.marks ?? ""));
  await openSource(callServer("show", { path, start: Number(start), end: Number(end), key, marks }), button, () =>
    showSource(button),
  );
}

/**
 * Show a document.
 * @param {Promise<string>} coming Its HTML.
 * @param {HTMLElement} button The button that opened it.
 * @param {() => unknown} again Sends the request again.
 * @returns {Promise<boolean>} Whether it is shown, and not another view.
 */
export async function openSource(coming, button, again) {
  if (!(await showView(button, coming, again))) return false;
  // Only a passage of an answer has a question to explain.
  const why = maybe(reader, "[data-open-why]");
  if (why) why.hidden = !openedFrom;
  button.scrollIntoView({ block: "nearest" });
  openPicture();
  const found = maybe(reader, ".cw-place");
  if (!found) {
    const steps = maybe(reader, ".cw-steps");
    if (steps) steps.hidden = true;
    focusClose();
    return true;
  }
  const outline = reader.querySelector(".cw-outline");
  // Beside a picture, there is no room for it.
  if (outline instanceof HTMLDetailsElement) outline.open = wide.matches && !maybe(reader, ".cw-picture");
  const marks = all(reader, ".cw-placed mark");
  scrollTo(marks.find((each) => each.classList.contains("cw-here")) ?? marks[0] ?? found);
  if (mayFocus()) found.focus({ preventScroll: true });
  return true;
}

// What the steps lead to: the places that were found in the document, else all marks.
function stops() {
  const found = all(reader, "mark.cw-stop");
  return found.length ? found : all(reader, ".cw-reader-text mark");
}

/** @param {HTMLElement} target */
function scrollTo(target) {
  const text = one(reader, ".cw-reader-text");
  text.scrollTop += target.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 4;
  const marks = stops();
  const nth = marks.indexOf(target);
  for (const mark of marks) mark.classList.toggle("cw-current", mark === target);
  if (nth >= 0) showMark(target);
  if (nth >= 0)
    one(reader, ".cw-at").textContent = gettext("%(done)s of %(total)s", { done: nth + 1, total: marks.length });
  one(reader, ".cw-steps").hidden = marks.length < 2 && !target.classList.contains("cw-stop");
}

/**
 * Scroll to another mark.
 * @param {number} by
 */
export function step(by) {
  const marks = stops();
  const here = marks.findIndex((mark) => mark.classList.contains("cw-current"));
  const target = marks[stepFrom(here, by, marks.length)];
  if (target) scrollTo(target);
}

/**
 * Scroll to a heading of the outline.
 * @param {string} at
 */
export function goTo(at) {
  // A heading inside the passage has no separate element.
  const heading = maybe(reader, `[data-at="${CSS.escape(at)}"]`) ?? one(reader, ".cw-place");
  const text = one(reader, ".cw-reader-text");
  text.scrollTop += heading.getBoundingClientRect().top - text.getBoundingClientRect().top - 8;
  heading.focus({ preventScroll: true });
  showPlaceOnPage(heading);
  if (!wide.matches) one(reader, ".cw-outline", HTMLDetailsElement).open = false;
}
