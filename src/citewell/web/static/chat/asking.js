// Questions and their answers. Each question has its own element that waits for its answer.
import { maybe, one, still } from "../shared/dom.js";
import { empty, input, log, place, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { nameCards } from "./cards.js";
import { chooseFilters, chosenFilters } from "./filters.js";
import { explainFirst } from "./hint.js";
import { historyOf } from "./history.js";
import { linkTo } from "./links.js";
import { lookIn } from "./places.js";
import { addTurn, newName, sections, turnOf } from "./turns.js";
import { begin } from "./welcome.js";

/** @typedef {import("./history.js").Said} Said */

const UNANSWERED = ":scope > .cw-error, :scope > .cw-state, :scope > .cw-reply";
// Whether the user has scrolled; then the page does not scroll to the answer.
let moved = false;

/**
 * Ask a question.
 * @param {string} text
 * @param {object} how
 * @param {boolean} [how.alone] Without the earlier turns.
 * @param {Said[] | null} [how.after] The turns to send instead of those on the page.
 * @param {string} [how.within] The place to search.
 * @param {string[]} [how.filters] The filters beside the question.
 * @param {boolean} [how.exact] Without correcting typos.
 * @param {boolean} [how.own] Without other names of the words.
 */
export async function ask(
  text,
  { alone = false, after = null, within = place.value, filters = chosenFilters(), exact = false, own = false } = {},
) {
  const question = text.trim();
  if (!question) {
    input.focus();
    return;
  }
  empty.hidden = true;
  offerTools(true);
  const asked = { question, place: within, filters, exact, own, history: alone ? [] : (after ?? history()) };
  const { section, answer } = addTurn({ asked, alone, linked: after !== null, answer: newName() });
  window.history.replaceState(null, "", addressOf(section));
  document.title = `${question.slice(0, 80)} – Citewell`;
  section.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  moved = false;
  await answerTo(section, answer);
}

/** Start a new conversation. */
export function startNew() {
  for (const section of sections()) section.remove();
  empty.hidden = false;
  offerTools(false);
  window.history.replaceState(null, "", location.pathname);
  document.title = "Citewell";
  lookIn("");
  chooseFilters([]);
  begin();
  input.focus();
}

/** @param {boolean} something Whether there is a conversation to save or close. */
function offerTools(something) {
  one(root, "[data-new]").hidden = !something;
  one(root, "[data-save]").hidden = !something;
}

// The turns that were answered.
function history() {
  const answered = sections().flatMap((section) => {
    const answer = one(section, ".cw-answer");
    if (answer.hasAttribute("aria-busy") || answer.querySelector(UNANSWERED)) return [];
    const { asked, alone, linked } = turnOf(section);
    const quoted = maybe(answer, ":scope > .cw-card mark")?.textContent ?? null;
    return [{ question: asked.question, brought: linked ? asked.history : [], alone, quoted }];
  });
  return historyOf(answered);
}

/**
 * @param {HTMLElement} section
 * @param {HTMLElement} answer
 */
async function answerTo(section, answer) {
  answer.setAttribute("aria-busy", "true");
  const html = await callServer("ask", turnOf(section).asked);
  const inside = answer.contains(document.activeElement);
  answer.innerHTML = html;
  explainFirst(answer);
  nameCards(section, turnOf(section).answer);
  if (inside) maybe(answer, ":scope > :is(.cw-lead, .cw-card), button")?.focus({ preventScroll: true });
  answer.removeAttribute("aria-busy");
  watchState(answer, () => answerTo(section, answer));
  noticeSnapshot(section);
  const last = log.lastElementChild;
  if (section === last) window.history.replaceState(null, "", addressOf(section));
  // The answer to an earlier question must not scroll the latest one away.
  if (!moved) last?.scrollIntoView({ block: "start", behavior: "auto" });
}

/**
 * The link that asks a question of the page again.
 * @param {HTMLElement} section
 */
export function addressOf(section) {
  const { question, place: within, filters, exact, own } = turnOf(section).asked;
  return linkTo(location.href, { question, place: within, filters, after: contextOf(section), exact, own });
}

/**
 * The earlier questions that an answer used as context; before the answer arrives, those from the link.
 * @param {HTMLElement} section
 * @returns {string[]}
 */
function contextOf(section) {
  const understood = maybe(section, "[data-context]");
  if (understood) return JSON.parse(understood.dataset.context ?? "[]");
  const { linked, asked } = turnOf(section);
  return linked && !section.querySelector(".cw-feedback") ? asked.history.map((said) => said.content) : [];
}

/** @param {Element} section */
function snapshotOf(section) {
  return maybe(section, ".cw-feedback")?.dataset.snapshot;
}

/**
 * Show a notice if the answers above come from an earlier snapshot.
 * @param {HTMLElement} section
 */
function noticeSnapshot(section) {
  const now = snapshotOf(section);
  let before = section.previousElementSibling;
  while (before && !snapshotOf(before)) before = before.previousElementSibling;
  if (!now || !before || snapshotOf(before) === now) return;
  const notice = document.createElement("p");
  notice.className = "cw-notice";
  notice.setAttribute("role", "status");
  notice.textContent = gettext("The index has changed since your last question. The answers above are from before.");
  section.prepend(notice);
  begin();
}

/** Listen to whether the user scrolls. */
export function listenToReading() {
  const read = () => {
    moved = true;
  };
  for (const kind of ["wheel", "touchmove", "keydown"]) log.addEventListener(kind, read, { passive: true });
}
