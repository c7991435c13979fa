// Questions and their answers. Each waits in its own place for its own answer.
import { maybe, one, still } from "../shared/dom.js";
import { empty, input, log, place, root } from "../shared/frame.js";
import { called } from "../shared/server.js";
import { tend } from "../shared/waiting.js";
import { saidIn } from "./history.js";
import { linkTo } from "./links.js";
import { lookIn } from "./places.js";
import { addTurn, newName, sections, turnOf } from "./turns.js";
import { begin } from "./welcome.js";

/** @typedef {import("./history.js").Said} Said */

const UNANSWERED = ":scope > .cw-error, :scope > .cw-state, :scope > .cw-reply";
// Who reads something else meanwhile is not taken away from it.
let moved = false;

/**
 * Ask a question.
 * @param {string} text
 * @param {object} how
 * @param {boolean} [how.alone] Without what was said before.
 * @param {Said[] | null} [how.after] What it is asked after, instead of what was said before.
 * @param {string} [how.within] Where to look.
 */
export async function ask(text, { alone = false, after = null, within = place.value } = {}) {
  const question = text.trim();
  if (!question) {
    input.focus();
    return;
  }
  empty.hidden = true;
  offerTools(true);
  const asked = { question, place: within, history: alone ? [] : (after ?? history()) };
  const { section, answer } = addTurn({ asked, alone, linked: after !== null, answer: newName() });
  window.history.replaceState(null, "", addressOf(section));
  document.title = `${question.slice(0, 80)} – Citewell`;
  section.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  moved = false;
  await answerTo(section, answer);
}

/** Begin a new conversation. */
export function startAnew() {
  for (const section of sections()) section.remove();
  empty.hidden = false;
  offerTools(false);
  window.history.replaceState(null, "", location.pathname);
  document.title = "Citewell";
  lookIn("");
  begin();
  input.focus();
}

/** @param {boolean} something Whether there is something to save, or to leave behind. */
function offerTools(something) {
  one(root, "[data-new]").hidden = !something;
  one(root, "[data-save]").hidden = !something;
}

// What was said so far, and answered.
function history() {
  const answered = sections().flatMap((section) => {
    const answer = one(section, ".cw-answer");
    if (answer.hasAttribute("aria-busy") || answer.querySelector(UNANSWERED)) return [];
    const { asked, alone, linked } = turnOf(section);
    const quoted = maybe(answer, ":scope > .cw-card mark")?.textContent ?? null;
    return [{ question: asked.question, brought: linked ? asked.history : [], alone, quoted }];
  });
  return saidIn(answered);
}

/**
 * @param {HTMLElement} section
 * @param {HTMLElement} answer
 */
async function answerTo(section, answer) {
  answer.setAttribute("aria-busy", "true");
  const html = await called("ask", turnOf(section).asked);
  const inside = answer.contains(document.activeElement);
  answer.innerHTML = html;
  if (inside) maybe(answer, ":scope > .cw-card, button")?.focus({ preventScroll: true });
  answer.removeAttribute("aria-busy");
  tend(answer, () => answerTo(section, answer));
  noticeSnapshot(section);
  const last = log.lastElementChild;
  if (section === last) window.history.replaceState(null, "", addressOf(section));
  // The answer to an earlier question must not push away the one that is waited for.
  if (!moved) last?.scrollIntoView({ block: "start", behavior: "auto" });
}

/**
 * The address that asks a question of the page again.
 * @param {HTMLElement} section
 */
export function addressOf(section) {
  const { question, place: within } = turnOf(section).asked;
  return linkTo(location.href, { question, place: within, after: leanedOn(section) });
}

/**
 * The earlier questions that an answer was understood with; before there is one, those that the link brought.
 * @param {HTMLElement} section
 * @returns {string[]}
 */
function leanedOn(section) {
  const understood = maybe(section, "[data-context]");
  if (understood) return JSON.parse(understood.dataset.context ?? "[]");
  const { linked, asked } = turnOf(section);
  return linked && !section.querySelector(".cw-opinions") ? asked.history.map((said) => said.content) : [];
}

/** @param {Element} section */
function snapshotOf(section) {
  return maybe(section, ".cw-opinions")?.dataset.snapshot;
}

/**
 * What was answered before from other documents than now is still above; say so.
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
  notice.textContent = "The index has changed since your last question. What is above is from before.";
  section.prepend(notice);
  begin();
}

/** Notice who reads something else. */
export function listenToReading() {
  const read = () => {
    moved = true;
  };
  for (const kind of ["wheel", "touchmove", "keydown"]) log.addEventListener(kind, read, { passive: true });
}
