// The entry point of the page's scripts; starts when Gradio has shown the component (bridge.js).
import { showAccount } from "./auth/account.js";
import { ask, listenToReading, startNew } from "./chat/asking.js";
import { goToCard, showFurther, unfold } from "./chat/cards.js";
import { listenToComposer } from "./chat/composer.js";
import { copyCard, copyLink, saveConversation } from "./chat/copying.js";
import { dismiss, expectPlace, explainOpen, listenForExpected } from "./chat/expected.js";
import { say } from "./chat/feedback.js";
import {
  chooseFilters,
  keepFilters,
  listenToFilters,
  openFilters,
  removeFilter,
  toggleFilter,
} from "./chat/filters.js";
import { sharedBy } from "./chat/links.js";
import { showNewest } from "./chat/order.js";
import { lookIn, offerPlaces } from "./chat/places.js";
import { showAnswer, showSimilar } from "./chat/similar.js";
import { turnOf } from "./chat/turns.js";
import { begin } from "./chat/welcome.js";
import { decideTray, listenForDocuments, removeDocument } from "./documents/curating.js";
import {
  chooseToRemove,
  listenForLibrary,
  openListed,
  showSeen,
  sortLibrary,
  turnLibrary,
} from "./documents/library.js";
import { maintain } from "./documents/panel.js";
import { find, listenForFinding, showPlace } from "./find/finding.js";
import { listenToKeys, showKeys } from "./keys.js";
import { judge, listenForJudging, showQuoted, showRegion } from "./quality/panel.js";
import { goToText, listenToPicture, switchPicture, turn, zoom } from "./reader/picture.js";
import { closeReader, listenToWidth, openedFrom } from "./reader/reader.js";
import { goTo, showSource, step } from "./reader/source.js";
import { around } from "./shared/dom.js";
import { connect, input, root } from "./shared/frame.js";
import { retry } from "./shared/waiting.js";

/**
 * The action of a button, by its data attributes; the first match counts.
 * @type {[name: string, act: (button: HTMLElement, value: string) => unknown][]}
 */
const ACTS = [
  ["filters", askWith],
  ["everywhere", askEverywhere],
  ["only", (button, document) => askAgain(button, { within: document })],
  ["again", (button) => askAgain(button, { alone: true, after: null })],
  ["exact", (button) => askAgain(button, { exact: true })],
  ["own", (button) => askAgain(button, { own: true })],
  // A suggested question needs no context.
  ["ask", (_, question) => ask(question, { alone: true })],
  ["filter", toggleFilter],
  ["openFilters", openFilters],
  ["unfilter", removeFilter],
  ["newest", showNewest],
  ["find", find],
  ["within", showPlace],
  ["retry", (button) => retry(around(button, ".cw-state"))],
  ["maintain", maintain],
  ["tray", decideTray],
  ["tableSort", sortLibrary],
  ["tablePage", turnLibrary],
  ["tableSeen", showSeen],
  ["tableOpen", openListed],
  ["tableRemove", chooseToRemove],
  ["judge", judge],
  ["show", showSource],
  ["place", showQuoted],
  ["region", showRegion],
  ["remove", removeDocument],
  ["verdict", say],
  ["copy", copyCard],
  ["link", copyLink],
  ["like", showSimilar],
  ["back", showAnswer],
  ["expected", expectPlace],
  ["openWhy", explainOpen],
  ["dismiss", dismiss],
  ["save", saveConversation],
  ["unfold", unfold],
  ["further", showFurther],
  ["hint", (button) => around(button, ".cw-hint").remove()],
  ["keys", showKeys],
  ["to", goToCard],
  ["picture", switchPicture],
  ["turn", (_, by) => turn(Number(by))],
  ["zoom", (_, by) => zoom(Number(by))],
  ["text", goToText],
  ["step", (_, by) => step(Number(by))],
  ["go", (_, at) => goTo(at)],
  ["close", closeReader],
  ["new", leave],
];

/**
 * Ask a question as its turn did, except for what is changed. In the reader, it is that of the turn that it was opened from.
 * @param {HTMLElement} button
 * @param {NonNullable<Parameters<typeof ask>[1]>} changed
 */
function askAgain(button, changed) {
  const inReader = button.closest(".cw-reader");
  const { place, filters, history, exact, own } = turnOf((inReader && openedFrom) || button).asked;
  if (inReader) closeReader();
  if (changed.within !== undefined) lookIn(changed.within);
  ask(button.dataset.ask ?? "", { within: place, filters, after: history, exact, own, ...changed });
}

/**
 * Ask a question again in all places; where "all" is the value, without filters, too.
 * @param {HTMLElement} button
 * @param {string} value
 */
function askEverywhere(button, value) {
  if (value !== "all") return askAgain(button, { within: "" });
  keepFilters([]);
  askAgain(button, { within: "", filters: [] });
}

/**
 * Ask a question again with other filters.
 * @param {HTMLElement} button
 * @param {string} value The filters as JSON.
 */
function askWith(button, value) {
  /** @type {string[]} */
  const filters = JSON.parse(value);
  keepFilters(filters);
  askAgain(button, { filters });
}

function leave() {
  closeReader();
  startNew();
}

/** @param {MouseEvent} event */
function pressed(event) {
  const button = event.target instanceof Element && event.target.closest("button, a[data-to]");
  if (!(button instanceof HTMLElement)) return;
  // The address is that of the answer, not of a place in it.
  if (button.dataset.to) event.preventDefault();
  const act = ACTS.find(([name]) => name in button.dataset);
  if (act) act[1](button, button.dataset[act[0]] ?? "");
}

// Ask the question of a link immediately.
function askShared() {
  const shared = sharedBy(location.search);
  if (!shared) return;
  lookIn(shared.place);
  chooseFilters(shared.filters);
  const after = shared.after.map((content) => /** @type {const} */ ({ role: "user", content }));
  ask(shared.question, { filters: shared.filters, after, exact: shared.exact, own: shared.own });
}

/** @param {Connection} connection */
function start(connection) {
  connect(connection);
  root.addEventListener("click", pressed);
  listenToReading();
  listenToComposer();
  listenToFilters();
  listenToKeys();
  listenToWidth();
  listenToPicture();
  listenForExpected();
  listenForFinding();
  listenForDocuments();
  listenForLibrary();
  listenForJudging();
  showAccount();
  offerPlaces();
  begin();
  askShared();
  // On a phone this would open the keyboard over the page.
  if (matchMedia("(hover: hover)").matches) input.focus({ preventScroll: true });
}

if (window.citewell) start(window.citewell);
else {
  const startLater = () => window.citewell && start(window.citewell);
  window.addEventListener("citewell", startLater, { once: true });
}
