// Looking after the documents, in the place of the reader.
import { busily, focusClose, nextView, openedBy, openReader } from "../reader/reader.js";
import { all, maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { POLL, showProgress } from "../shared/progress.js";
import { called } from "../shared/server.js";
import { tend } from "../shared/waiting.js";
import { uploads } from "./uploads.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let watching;

/** @param {string} action */
function wanted(action) {
  return called("maintain", { action });
}

/**
 * Do what a button says.
 * @param {HTMLElement} button
 */
export async function maintain(button) {
  const action = button.dataset.maintain ?? "";
  if (action === "show") return openPanel(button);
  if (action === "checks") return showChecks(button);
  if (button.ariaBusy === "true" || (action === "rollback" && !confirmed(button, "Really return to it?"))) return;
  if (action === "cancel") button.textContent = "Cancelling…";
  const html = await busily(button, wanted(action));
  if (action === "rollback") refreshPanel(html);
  else watch(html);
}

/** Take up what was changed in the corpus. */
export async function takeUp() {
  await watch(await wanted("again"));
}

/**
 * Whether a button is pressed again after it has asked; a double click is no answer.
 * @param {HTMLElement} button
 * @param {string} question
 */
function confirmed(button, question) {
  if (button.dataset.asked) return Date.now() - Number(button.dataset.asked) > 500;
  button.dataset.asked = String(Date.now());
  button.textContent = question;
  return false;
}

/** @param {HTMLElement} button */
async function openPanel(button) {
  const current = nextView();
  const html = await busily(button, wanted("show"));
  if (!current()) return;
  openedBy(button);
  fillPanel(html);
  openReader();
  focusClose();
}

/** @param {string} html */
function fillPanel(html) {
  reader.innerHTML = html;
  maybe(reader, ".cw-uploads")?.replaceWith(uploads);
  const state = maybe(reader, ".cw-state");
  tend(reader, async () => {
    const anew = await wanted("show");
    if (state?.isConnected) refreshPanel(anew);
  });
  if (maybe(reader, "[data-running]")) watchAgain();
}

/**
 * Show the panel anew. What is typed stays, and who types stays there.
 * @param {string} html
 */
function refreshPanel(html) {
  const panel = maybe(reader, ".cw-panel:not(.cw-view)");
  if (!panel && !maybe(reader, ":scope > .cw-state")) return;
  if (panel && !html.includes('class="cw-panel"')) return tellAbove(panel, html);
  const focused = document.activeElement;
  const inside = reader.contains(focused);
  const curating = maybe(reader, ".cw-curating");
  const top = panel?.scrollTop ?? 0;
  fillPanel(html);
  keepCurating(curating);
  openReader();
  maybe(reader, ".cw-panel")?.scrollTo(0, top);
  if (!inside || !(focused instanceof HTMLElement)) return;
  const next = focused.isConnected ? focused : (maybe(reader, ".cw-rebuild button") ?? one(reader, "[data-close]"));
  next.focus({ preventScroll: true });
}

/** @param {HTMLElement | null} curating What was typed in, of the panel that was there before. */
function keepCurating(curating) {
  const anew = maybe(reader, ".cw-curating");
  if (!curating || !anew) return;
  one(curating, "#cw-held").replaceWith(one(anew, "#cw-held"));
  anew.replaceWith(curating);
  curating.append(uploads);
}

/**
 * Say above what is there what could not be done; nothing is lost.
 * @param {HTMLElement} panel
 * @param {string} html
 */
function tellAbove(panel, html) {
  for (const each of all(panel, ":scope > .cw-error, :scope > .cw-state")) each.remove();
  panel.insertAdjacentHTML("afterbegin", html);
  panel.scrollTop = 0;
  tend(panel, async () => refreshPanel(await wanted("show")));
}

/** @param {HTMLElement} button */
async function showChecks(button) {
  if (button.ariaBusy === "true") return;
  one(reader, ".cw-checks").textContent = "Looking…";
  const html = await busily(button, wanted("checks"));
  const place = maybe(reader, ".cw-checks");
  if (!place) return;
  place.innerHTML = html;
  tend(place, () => showChecks(one(reader, '[data-maintain="checks"]')));
}

function watchAgain() {
  const place = one(reader, ".cw-rebuild");
  clearTimeout(watching);
  watching = setTimeout(async () => place.isConnected && watch(await wanted("progress")), POLL);
}

/**
 * Look at a running rebuild again and again; when it has ended, show what is different.
 * @param {string} html
 */
async function watch(html) {
  const place = maybe(reader, ".cw-rebuild");
  if (!place) return;
  if (!showProgress(place, html)) {
    const inside = place.contains(document.activeElement);
    place.innerHTML = html;
    if (inside) maybe(place, "button")?.focus({ preventScroll: true });
    tend(place, async () => watch(await wanted("progress")));
  }
  if (maybe(place, "[data-running]")) watchAgain();
  else if (!maybe(place, ".cw-error, .cw-state")) refreshPanel(await wanted("show"));
}
