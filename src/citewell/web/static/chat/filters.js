// Filters: those that are chosen for the next question, and the panel that offers them.
import { all, around, maybe, newButton, one } from "../shared/dom.js";
import { form, input, place, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { without } from "./links.js";
import { sayWhere } from "./places.js";

/** The pause after a key before filters are looked for, in milliseconds. */
const TYPING = 200;
/** Where the open box would hide the answer. */
const small = matchMedia("(max-width: 800px), (max-height: 700px)");

/** @type {string[]} As they are written in a question. */
let chosen = [];
// The name of which more filters are shown.
let opened = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;
// Of several requests, the last one counts.
let asked = 0;

/** The filters that are chosen. */
export function chosenFilters() {
  return chosen;
}

/**
 * Choose filters.
 * @param {string[]} filters
 */
export function chooseFilters(filters) {
  chosen = [...new Set(filters)];
  showChosen();
  if (box().open) offer();
}

/**
 * Keep those of the chosen filters that a question still has.
 * @param {string[]} filters
 */
export function keepFilters(filters) {
  chooseFilters(chosen.filter((each) => filters.includes(each)));
}

/**
 * Choose a filter of the panel, or no longer.
 * @param {HTMLElement} _button
 * @param {string} filter
 */
export function toggleFilter(_button, filter) {
  chooseFilters(chosen.includes(filter) ? without(chosen, filter) : [...chosen, filter]);
}

/**
 * Remove a filter above the field.
 * @param {HTMLElement} _button
 * @param {string} filter
 */
export function removeFilter(_button, filter) {
  chooseFilters(without(chosen, filter));
  (maybe(form, ".cw-chosen button") ?? input).focus({ preventScroll: true });
}

/**
 * Show more filters of one name.
 * @param {HTMLElement} button
 * @param {string} name
 */
export async function openFilters(button, name) {
  const heading = around(button, ".cw-filter-group").getAttribute("aria-label") ?? "";
  const before = all(around(button, ".cw-filter-group"), ".cw-chip").length;
  opened = name;
  await offer();
  const group = maybe(form, `.cw-filter-group[aria-label="${CSS.escape(heading)}"]`);
  if (group) all(group, ".cw-chip")[before]?.focus({ preventScroll: true });
}

/** Fold the box in a narrow or low window, where the answer would be behind it; what is chosen stands beside the question. */
export function foldFilters() {
  if (small.matches) box().open = false;
}

function box() {
  return one(root, ".cw-scope", HTMLDetailsElement);
}

function showChosen() {
  const chips = chosen.map((filter) => {
    const chip = newButton("cw-chip cw-chip-used", filter);
    chip.dataset.unfilter = filter;
    chip.dir = "auto";
    chip.setAttribute("aria-label", gettext("Remove %(filter)s", { filter }));
    const cross = document.createElement("span");
    cross.className = "cw-remove";
    cross.setAttribute("aria-hidden", "true");
    cross.textContent = "×";
    chip.append(cross);
    return chip;
  });
  const shown = one(form, ".cw-chosen");
  shown.replaceChildren(...chips);
  shown.hidden = !chips.length;
}

// Ask the server which filters there are beside the chosen ones.
async function offer() {
  asked += 1;
  const mine = asked;
  const look = one(form, ".cw-look", HTMLInputElement).value.trim();
  const html = await callServer("filters", { filters: chosen, place: place.value.trim(), look, opened });
  if (mine !== asked) return;
  const panel = one(form, ".cw-filters");
  const focused = panel.contains(document.activeElement) ? document.activeElement : null;
  const filter = focused instanceof HTMLElement ? focused.dataset.filter : undefined;
  panel.innerHTML = html;
  watchState(panel, offer);
  if (filter === undefined) return;
  const same = all(panel, ".cw-chip").find((each) => each.dataset.filter === filter);
  (same ?? one(form, ".cw-look")).focus({ preventScroll: true });
}

/** Listen to the box that offers filters. */
export function listenToFilters() {
  box().addEventListener("toggle", () => box().open && offer());
  one(form, ".cw-look").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(offer, TYPING);
  });
  // Enter in these fields asks nothing.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (event.target === place) offer();
  });
  place.addEventListener("input", sayWhere);
  place.addEventListener("change", () => box().open && offer());
}
