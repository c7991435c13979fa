// Keyboard shortcuts: Ctrl+K for the question field, arrows from passage to passage, Escape to close the source, "?" for help.
import { closeReader } from "./reader/reader.js";
import { all, one, still } from "./shared/dom.js";
import { input, log, root } from "./shared/frame.js";

/** Listen to the keyboard, regardless of the focus. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    // Escape and the arrows choose among what an input method offers.
    if (event.isComposing || help().open) return;
    if (event.key === "Escape") closeReader();
    else if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      startWriting();
    } else if (!event.altKey && !event.ctrlKey && !event.metaKey) {
      if (event.key === "?" && !isTyping(event)) showKeys();
      else walk(event);
    }
  });
}

/** Show the list of keyboard shortcuts. */
export function showKeys() {
  help().showModal();
}

function help() {
  return one(root, ".cw-keys", HTMLDialogElement);
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  return event.target instanceof Element && event.target.matches("input, textarea, select");
}

function startWriting() {
  if (one(root, ".cw-chat").inert) closeReader();
  input.focus();
  input.select();
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = event.target instanceof Element ? event.target : null;
  if (!way || !from) return;
  const next = from === input ? cardAboveInput(way) : cardBeside(from, way);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

// From the empty field, arrow up moves to the best passage of the last answer.
/** @param {number} way */
function cardAboveInput(way) {
  if (input.value || way > 0 || !log.lastElementChild) return null;
  return all(log.lastElementChild, ".cw-card").find((each) => each.offsetParent);
}

/**
 * @param {Element} from
 * @param {number} way
 */
function cardBeside(from, way) {
  const card = from.closest(".cw-card");
  if (!(card instanceof HTMLElement)) return null;
  const cards = all(log, ".cw-card").filter((each) => each.offsetParent);
  return cards[cards.indexOf(card) + way];
}
