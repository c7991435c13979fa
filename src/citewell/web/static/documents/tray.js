// The tray: files that were chosen or dropped, with what Citewell sees of each, before they are added.
import { maybe, newButton, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { pathIn, previewAddress } from "./addresses.js";

/** So many files are looked at without being asked; of the others, when they are opened. */
const LOOKED_AT = 5;

/** @typedef {{ file: File, path: string, item: HTMLElement }} Waiting */

/** @type {Waiting[]} */
let waiting = [];

/** The tray; it outlives the panel. */
export const tray = document.createElement("div");
tray.className = "cw-tray";
tray.hidden = true;
const heading = document.createElement("p");
heading.setAttribute("role", "status");
const list = document.createElement("ul");
const tools = document.createElement("div");
tools.className = "cw-tray-tools";
const add = newButton("cw-show", "");
add.dataset.tray = "add";
const discard = newButton("cw-plain", "Discard");
discard.dataset.tray = "discard";
tools.append(add, discard);
tray.append(heading, list, tools);

/** @param {string} path */
export function isArchive(path) {
  return path.toLowerCase().endsWith(".zip");
}

/**
 * Put files into the tray.
 * @param {{ file: File, name: string }[]} files Each with its path below the folder that was chosen.
 */
export function offerFiles(files) {
  const folder = one(reader, "[data-into]", HTMLInputElement).value;
  const before = waiting.length;
  const fresh = files.map(({ file, name }) => newItem(file, pathIn(folder, name)));
  waiting.push(...fresh);
  list.append(...fresh.map(({ item }) => item));
  tell();
  if (before + fresh.length === 1) one(list, "details", HTMLDetailsElement).open = true;
  lookAt(fresh.slice(0, LOOKED_AT));
}

/** Take the files out of the tray. */
export function takeFiles() {
  const taken = waiting;
  waiting = [];
  list.replaceChildren();
  tell();
  return taken;
}

function tell() {
  const bytes = waiting.reduce((sum, { file }) => sum + file.size, 0);
  const many = `${waiting.length.toLocaleString("en")} ${waiting.length === 1 ? "file" : "files"}`;
  heading.textContent = waiting.length ? `${many} to add, ${(bytes / 1e6).toFixed(1)} MB. Nothing is added yet.` : "";
  add.textContent = `Add ${many}`;
  tray.hidden = !waiting.length;
}

/**
 * @param {File} file
 * @param {string} path
 * @returns {Waiting}
 */
function newItem(file, path) {
  const item = document.createElement("li");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const out = newButton("cw-plain", "Leave out");
  out.setAttribute("aria-label", `Leave out ${path}`);
  summary.textContent = path;
  details.append(summary);
  item.append(details, out);
  const entry = { file, path, item };
  out.addEventListener("click", () => leaveOut(entry));
  details.addEventListener("toggle", () => details.open && look(entry));
  return entry;
}

/** @param {Waiting} entry */
function leaveOut(entry) {
  const next = entry.item.nextElementSibling ?? entry.item.previousElementSibling;
  waiting = waiting.filter((each) => each !== entry);
  entry.item.remove();
  tell();
  const focused = next ? maybe(next, "button") : maybe(reader, "#cw-files");
  focused?.focus();
}

/** @param {Waiting[]} entries */
async function lookAt(entries) {
  for (const entry of entries) if (waiting.includes(entry)) await look(entry);
}

/**
 * Show what Citewell sees of a file, once.
 * @param {Waiting} entry
 */
async function look({ file, path, item }) {
  if (item.dataset.seen) return;
  item.dataset.seen = "true";
  const details = one(item, "details");
  const seen = document.createElement("div");
  seen.textContent = isArchive(path) ? `Its documents are put into the folder ${path.slice(0, -4)}.` : "Reading…";
  details.append(seen);
  if (isArchive(path)) return;
  try {
    const response = await fetch(previewAddress(path), {
      method: "POST",
      body: file,
      headers: { Accept: "text/html" },
    });
    if (response.ok) seen.innerHTML = await response.text();
    else showRefusal(item, seen, (await response.json()).message);
  } catch {
    seen.textContent = "The server did not answer.";
    delete item.dataset.seen;
  }
  const warnings = seen.querySelectorAll(".cw-warning").length;
  if (warnings) note(item, warnings === 1 ? "1 warning" : `${warnings} warnings`);
}

/**
 * @param {HTMLElement} item
 * @param {HTMLElement} seen
 * @param {string} reason
 */
function showRefusal(item, seen, reason) {
  seen.textContent = reason;
  seen.className = "cw-warning";
  note(item, "cannot be read");
}

/**
 * @param {HTMLElement} item
 * @param {string} words
 */
function note(item, words) {
  const span = document.createElement("span");
  span.className = "cw-warning";
  span.textContent = ` ${words}`;
  one(item, "summary").append(span);
}
