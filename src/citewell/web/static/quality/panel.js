// The "Quality" panel, beside the conversation.
import { focusClose, mayFocus, nextView, showView } from "../reader/reader.js";
import { all, maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { POLL, showProgress } from "../shared/progress.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { drawCharts, forgetCharts, recolour, refitCharts } from "./charts.js";
import { returnToPanel, showOver } from "./over.js";
import { askedAgain, doesSomething, requestOf } from "./requests.js";

/** @typedef {import("./requests.js").JudgeRequest} JudgeRequest */
/** @typedef {import("./charts.js").Box} Box */

/** @type {ReturnType<typeof setTimeout> | undefined} */
let following;

/** @param {JudgeRequest | Box & { action: "place" }} request */
function callPanel(request) {
  return callServer("judge", request);
}

/**
 * Perform the action of a button.
 * @param {HTMLElement} button
 */
export async function judge(button) {
  const action = button.dataset.judge;
  if (action === "back") return returnToPanel();
  if (action !== "show") return visit(requestOf(button.dataset, fieldsAround(button)), button);
  if (!(await showView(button, callPanel({ action }), () => judge(button)))) return;
  focusClose();
  settle();
}

/** @param {HTMLElement} button */
function fieldsAround(button) {
  const view = button.closest(".cw-view");
  const fields = view ? all(view, "[data-field]") : [];
  return Object.fromEntries(fields.map((field) => [field.dataset.field, chosenIn(field)]));
}

/** @param {Element} field */
function chosenIn(field) {
  return /** @type {HTMLSelectElement} */ (field).value;
}

/**
 * Request a view and show it.
 * @param {JudgeRequest} request
 * @param {HTMLElement} [from] The button or field that was used.
 */
async function visit(request, from) {
  const place = one(reader, ".cw-view");
  // A double click counts once.
  if (doesSomething(request) && place.getAttribute("aria-busy")) return;
  const current = nextView();
  place.setAttribute("aria-busy", "true");
  const html = await callPanel(request);
  place.removeAttribute("aria-busy");
  if (!current()) return;
  view(html, from);
  watchState(place, () => visit(askedAgain(request)));
}

/**
 * Show a view. If the focused element is replaced, the focus moves to its replacement.
 * @param {string} html
 * @param {Element | null} from
 */
function view(html, from = document.activeElement) {
  const place = maybe(reader, ".cw-view");
  if (!place) return;
  const inside = place.contains(from);
  forgetCharts();
  place.innerHTML = html;
  place.scrollTop = 0;
  const field = from instanceof HTMLElement && from.dataset.field;
  const next = field ? maybe(place, `[data-field="${field}"]`) : null;
  if (inside && mayFocus()) (next ?? place).focus({ preventScroll: true });
  settle();
}

// After a view is shown: mark its tab, draw its charts, and poll while a set is running.
function settle() {
  const place = maybe(reader, ".cw-view");
  if (!place) return;
  const name = maybe(place, ":scope > :first-child")?.dataset.view;
  for (const tab of all(reader, ".cw-tabs button")) {
    if (name) tab.setAttribute("aria-current", tab.dataset.judge === name ? "page" : "false");
  }
  drawCharts(place, openBox);
  follow(place);
}

/** @param {HTMLElement} place */
function follow(place) {
  const running = maybe(place, "[data-running]");
  clearTimeout(following);
  if (running) following = setTimeout(async () => running.isConnected && watchAsking(running), POLL);
}

/** @param {HTMLElement} running */
async function watchAsking(running) {
  const html = await callPanel({ action: "progress" });
  if (!running.parentElement || !running.isConnected) return;
  if (showProgress(running.parentElement, html)) follow(one(reader, ".cw-view"));
  else {
    view(html);
    watchState(one(reader, ".cw-view"), () => visit({ action: "runs" }));
  }
}

/**
 * Show a quotation in its source.
 * @param {HTMLElement} button
 */
export function showQuoted(button) {
  const { path, key } = button.dataset;
  const [start, end] = [Number(button.dataset.start), Number(button.dataset.end)];
  showOver(callServer("show", { path, start, end, key, marks: [[start, end]] }), button, resume);
}

/**
 * Show a part of a document that the map lists.
 * @param {HTMLElement} button
 */
export function showRegion(button) {
  const { path = "", start, end, snapshot } = button.dataset;
  const coming = callPanel({ action: "place", path, start: Number(start), end: Number(end), snapshot });
  showOver(coming, button, resume);
}

/** @param {Box} box */
function openBox(box) {
  showOver(callPanel({ action: "place", ...box }), null, resume);
}

/** @param {HTMLElement} place */
function resume(place) {
  follow(place);
  recolour();
  refitCharts();
  drawCharts(place, openBox);
}

/** Listen to the fields of the panel, and to changes of light and dark. */
export function listenForJudging() {
  reader.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement) || !field.dataset.change) return;
    visit({ action: field.dataset.change, [field.dataset.field ?? ""]: chosenIn(field) }, field);
  });
  // Gradio changes its colours at the same event; they are read afterwards.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTimeout(recolour, 100);
  });
}
