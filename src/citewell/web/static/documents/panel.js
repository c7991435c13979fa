// The "Documents" panel, beside the conversation.
import { begin } from "../chat/welcome.js";
import { focusClose, nextView, openedBy, openReader, whileBusy } from "../reader/reader.js";
import { all, maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { POLL, showProgress } from "../shared/progress.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { showLibrary } from "./library.js";
import { tray } from "./tray.js";
import { uploads } from "./uploads.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let watching;

/** @param {string} action */
function callPanel(action) {
  return callServer("maintain", { action });
}

/**
 * Perform the action of a button.
 * @param {HTMLElement} button
 */
export async function maintain(button) {
  const action = button.dataset.maintain ?? "";
  if (action === "show" || action === "example") return openPanel(button, action);
  if (action === "checks") return showChecks(button);
  if (button.ariaBusy === "true" || (action === "rollback" && !confirmed(button, gettext("Really roll back?")))) return;
  if (action === "cancel") button.textContent = gettext("Cancelling…");
  const html = await whileBusy(button, callPanel(action));
  if (action === "rollback") refreshPanel(html);
  else watch(html);
}

/** Update the index after a change to the corpus. */
export async function rebuildIndex() {
  await watch(await callPanel("again"));
}

/**
 * Whether a button is pressed again after its question; a double click does not count.
 * @param {HTMLElement} button
 * @param {string} question
 */
function confirmed(button, question) {
  if (button.dataset.asked) return Date.now() - Number(button.dataset.asked) > 500;
  button.dataset.asked = String(Date.now());
  button.textContent = question;
  return false;
}

/**
 * @param {HTMLElement} button
 * @param {string} action
 */
async function openPanel(button, action) {
  const current = nextView();
  openedBy(button);
  const html = await whileBusy(button, callPanel(action));
  if (!current()) return;
  fillPanel(html);
  openReader();
  focusClose();
}

/** @param {string} html */
function fillPanel(html) {
  reader.innerHTML = html;
  maybe(reader, ".cw-uploads")?.replaceWith(tray, uploads);
  showLibrary();
  const state = maybe(reader, ".cw-state");
  watchState(reader, async () => {
    const fresh = await callPanel("show");
    if (state?.isConnected) refreshPanel(fresh);
  });
  if (maybe(reader, "[data-running]")) watchAgain();
}

/**
 * Refresh the panel. Typed text and the focus are preserved.
 * @param {string} html
 */
function refreshPanel(html) {
  const panel = maybe(reader, ".cw-panel:not(.cw-view)");
  if (!panel && !maybe(reader, ":scope > .cw-state")) return;
  if (panel && !html.includes('class="cw-panel"')) return showAbove(panel, html);
  const focused = document.activeElement;
  const inside = reader.contains(focused);
  const curating = maybe(reader, ".cw-curating");
  const library = maybe(reader, ".cw-library");
  const top = panel?.scrollTop ?? 0;
  fillPanel(html);
  keepCurating(curating);
  if (library) {
    maybe(reader, ".cw-library")?.replaceWith(library);
    showLibrary();
  }
  openReader();
  maybe(reader, ".cw-panel")?.scrollTo(0, top);
  if (!inside || !(focused instanceof HTMLElement)) return;
  const next = focused.isConnected ? focused : (maybe(reader, ".cw-rebuild button") ?? one(reader, "[data-close]"));
  next.focus({ preventScroll: true });
}

/** @param {HTMLElement | null} curating The section of the earlier panel with the typed text. */
function keepCurating(curating) {
  const fresh = maybe(reader, ".cw-curating");
  // Before there is an index, no document can be removed, and the section has no field for that.
  const held = curating && maybe(curating, "#cw-held");
  if (!held || !fresh) return;
  held.replaceWith(one(fresh, "#cw-held"));
  fresh.replaceWith(curating);
  curating.append(tray, uploads);
}

/**
 * Show an error above the panel and keep the panel.
 * @param {HTMLElement} panel
 * @param {string} html
 */
function showAbove(panel, html) {
  for (const each of all(panel, ":scope > .cw-error, :scope > .cw-state")) each.remove();
  panel.insertAdjacentHTML("afterbegin", html);
  panel.scrollTop = 0;
  watchState(panel, async () => refreshPanel(await callPanel("show")));
}

/** @param {HTMLElement} button */
async function showChecks(button) {
  if (button.ariaBusy === "true") return;
  one(reader, ".cw-checks").textContent = gettext("Checking…");
  const html = await whileBusy(button, callPanel("checks"));
  const place = maybe(reader, ".cw-checks");
  if (!place) return;
  place.innerHTML = html;
  watchState(place, () => showChecks(one(reader, '[data-maintain="checks"]')));
}

function watchAgain() {
  const place = one(reader, ".cw-rebuild");
  clearTimeout(watching);
  watching = setTimeout(async () => place.isConnected && watch(await callPanel("progress")), POLL);
}

/**
 * Poll a running rebuild; when it has ended, refresh the panel.
 * @param {string} html
 */
async function watch(html) {
  const place = maybe(reader, ".cw-rebuild");
  if (!place) return;
  if (!showProgress(place, html)) {
    const inside = place.contains(document.activeElement);
    place.innerHTML = html;
    if (inside) maybe(place, "button")?.focus({ preventScroll: true });
    watchState(place, async () => watch(await callPanel("progress")));
  }
  if (maybe(place, "[data-running]")) watchAgain();
  // A call that failed left its own error here; a rebuild that failed has ended, too.
  else if (!maybe(place, ":scope > .cw-error, :scope > .cw-state")) {
    refreshPanel(await callPanel("show"));
    // What can be asked has changed.
    await begin();
  }
}
