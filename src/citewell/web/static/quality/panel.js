// How good the answers are, in the place of the reader.
import { busily, focusClose, mayFocus, nextView, openedBy, openReader } from "../reader/reader.js";
import { all, maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { POLL, showProgress } from "../shared/progress.js";
import { called } from "../shared/server.js";
import { tend } from "../shared/waiting.js";
import { drawCharts, forgetCharts, recolour, refitCharts } from "./charts.js";
import { returnToPanel, showOver } from "./over.js";
import { askedAgain, doesSomething, requestOf } from "./requests.js";

/** @typedef {import("./requests.js").JudgeRequest} JudgeRequest */
/** @typedef {import("./charts.js").Box} Box */

/** @type {ReturnType<typeof setTimeout> | undefined} */
let following;

/** @param {JudgeRequest | Box & { action: "place" }} request */
function wanted(request) {
  return called("judge", request);
}

/**
 * Do what a button says.
 * @param {HTMLElement} button
 */
export async function judge(button) {
  const action = button.dataset.judge;
  if (action === "back") return returnToPanel();
  if (action !== "show") return visit(requestOf(button.dataset, fieldsAround(button)), button);
  const current = nextView();
  const html = await busily(button, wanted({ action }));
  if (!current()) return;
  openedBy(button);
  reader.innerHTML = html;
  tend(reader, () => judge(button));
  openReader();
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
 * Go to a view.
 * @param {JudgeRequest} request
 * @param {HTMLElement} [from] What was pressed or chosen.
 */
async function visit(request, from) {
  const place = one(reader, ".cw-view");
  // A double click is one decision.
  if (doesSomething(request) && place.getAttribute("aria-busy")) return;
  const current = nextView();
  place.setAttribute("aria-busy", "true");
  const html = await wanted(request);
  place.removeAttribute("aria-busy");
  if (!current()) return;
  view(html, from);
  tend(place, () => visit(askedAgain(request)));
}

/**
 * Show a view. Who pressed or chose something that is not there any more goes on at what has taken its place.
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

// What a new view needs: its name in the navigation, its charts, and another look while a set is asked.
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
  const html = await wanted({ action: "progress" });
  if (!running.parentElement || !running.isConnected) return;
  if (showProgress(running.parentElement, html)) follow(one(reader, ".cw-view"));
  else {
    view(html);
    tend(one(reader, ".cw-view"), () => visit({ action: "runs" }));
  }
}

/**
 * Show where a quotation stands.
 * @param {HTMLElement} button
 */
export function showQuoted(button) {
  const { path, key } = button.dataset;
  const [start, end] = [Number(button.dataset.start), Number(button.dataset.end)];
  showOver(called("show", { path, start, end, key, marks: [[start, end]] }), button, resume);
}

/**
 * Show a part of a document that the map names.
 * @param {HTMLElement} button
 */
export function showRegion(button) {
  const { path = "", start, end, snapshot } = button.dataset;
  const coming = wanted({ action: "place", path, start: Number(start), end: Number(end), snapshot });
  showOver(coming, button, resume);
}

/** @param {Box} box */
function openBox(box) {
  showOver(wanted({ action: "place", ...box }), null, resume);
}

/** @param {HTMLElement} place */
function resume(place) {
  follow(place);
  recolour();
  refitCharts();
  drawCharts(place, openBox);
}

/** Listen to the fields of the panel, whenever there is one, and to light and dark. */
export function listenForJudging() {
  reader.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement) || !field.dataset.change) return;
    visit({ action: field.dataset.change, [field.dataset.field ?? ""]: chosenIn(field) }, field);
  });
  // Gradio changes its colours at the same event, so that they are read after it.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTimeout(recolour, 100);
  });
}
