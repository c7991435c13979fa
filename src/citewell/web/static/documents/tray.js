// The tray: files that were chosen or dropped, with what Citewell sees of each, before they are added.
import { maybe, newButton, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext, ngettext, number } from "../shared/messages.js";
import { pathIn, previewAddress } from "./addresses.js";
import { filesInWords, sortOut } from "./sorting.js";

/** So many files are looked at without being asked; of the others, when they are opened. */
const LOOKED_AT = 5;
/** So many files are listed; more would make the page slow, and nobody reads them. */
const LISTED = 300;

/** @typedef {{ file: File, name: string, path: string, item?: HTMLElement }} Waiting */

/** @type {Waiting[]} */
let waiting = [];
// What happened to the files before they came back, if they did.
let before = "";

/** The tray; it outlives the panel. */
export const tray = document.createElement("div");
tray.className = "cw-tray";
tray.hidden = true;
const heading = document.createElement("p");
heading.setAttribute("role", "status");
const list = document.createElement("ul");
const more = document.createElement("li");
const leftOut = document.createElement("div");
const tools = document.createElement("div");
tools.className = "cw-tray-tools";
const add = newButton("cw-show", "");
add.dataset.tray = "add";
const discard = newButton("cw-plain", "");
discard.dataset.tray = "discard";
tools.append(add, discard);
tray.append(heading, tools, leftOut, list);

/** @param {string} path */
export function isArchive(path) {
  return path.toLowerCase().endsWith(".zip");
}

/**
 * Put files into the tray.
 * @param {import("./folders.js").Found[]} found
 */
export function offerFiles(found) {
  const field = one(reader, "#cw-files", HTMLInputElement);
  const { taken, left } = sortOut(found, field.accept.split(","), Number(field.dataset.largest));
  const fresh = taken.flatMap(({ file, name }) => (file ? [{ file, name, path: pathIn(folder(), name) }] : []));
  tellLeft(left);
  before = "";
  hold([...waiting, ...fresh]);
  const details = waiting.length === 1 ? maybe(list, "details") : null;
  if (details instanceof HTMLDetailsElement) details.open = true;
  lookAt(fresh.slice(0, LOOKED_AT));
}

/** Put the files of the tray into the folder that is typed now. */
export function moveFiles() {
  const into = folder();
  for (const each of waiting) {
    each.path = pathIn(into, each.name);
    if (each.item) nameItem(each, each.item);
  }
}

function folder() {
  return one(reader, "[data-into]", HTMLInputElement).value;
}

/** Take the files out of the tray. */
export function takeFiles() {
  const taken = waiting;
  before = "";
  leftOut.replaceChildren();
  hold([]);
  return taken;
}

/**
 * Put files back that were not added.
 * @param {Waiting[]} files
 * @param {string} words Why they were not.
 */
export function returnFiles(files, words) {
  before = words;
  hold([...files, ...waiting]);
}

/** @param {Waiting[]} files Of several for the same path, the last one counts. */
function hold(files) {
  waiting = [...new Map(files.map((each) => [each.path, each])).values()];
  const items = waiting.slice(0, LISTED).map(itemOf);
  more.textContent = gettext("and %(count)s more", { count: waiting.length - items.length });
  list.replaceChildren(...items, ...(waiting.length > items.length ? [more] : []));
  const bytes = waiting.reduce((sum, { file }) => sum + file.size, 0);
  const many = filesInWords(waiting.length);
  const size = bytes < 1e5 ? `${Math.ceil(bytes / 1000)} KB` : `${number(bytes / 1e6, 1)} MB`;
  const words = before
    ? `${before} ${gettext("%(files)s not added yet, %(size)s.", { files: many, size })}`
    : gettext("%(files)s to add, %(size)s. Nothing is added yet.", { files: many, size });
  heading.textContent = waiting.length ? words : gettext("There is nothing to add.");
  add.textContent = gettext("Add %(files)s", { files: many });
  discard.textContent = gettext("Discard");
  add.hidden = !waiting.length;
  tray.hidden = !waiting.length && !leftOut.firstChild;
}

/**
 * Say which files are left out, and why.
 * @param {Map<string, string[]>} left
 */
function tellLeft(left) {
  leftOut.replaceChildren();
  for (const [reason, names] of left) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = gettext("%(files)s left out: %(reason)s", { files: filesInWords(names.length), reason });
    const shown = document.createElement("p");
    const rest = names.length - LISTED;
    shown.textContent =
      names.slice(0, LISTED).join(", ") + (rest > 0 ? ` ${gettext("and %(count)s more", { count: rest })}` : "");
    details.append(summary, shown);
    leftOut.append(details);
  }
}

/** @param {Waiting} entry */
function itemOf(entry) {
  entry.item ??= newItem(entry);
  return entry.item;
}

/** @param {Waiting} entry */
function newItem(entry) {
  const item = document.createElement("li");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(document.createElement("span"));
  details.append(summary);
  const out = newButton("cw-plain", gettext("Leave out"));
  item.append(details, out);
  nameItem(entry, item);
  out.addEventListener("click", () => leaveOut(entry));
  details.addEventListener("toggle", () => details.open && look(entry));
  return item;
}

/**
 * @param {Waiting} entry
 * @param {HTMLElement} item
 */
function nameItem({ path }, item) {
  one(item, "summary > span").textContent = path;
  one(item, ":scope > button").setAttribute("aria-label", gettext("Leave out %(path)s", { path }));
}

/** @param {Waiting} entry */
function leaveOut(entry) {
  const at = waiting.indexOf(entry);
  hold(waiting.filter((each) => each !== entry));
  const next = waiting[at] ?? waiting[at - 1];
  const focused = next?.item?.isConnected ? maybe(next.item, ":scope > button") : maybe(reader, "#cw-files");
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
async function look(entry) {
  const { file, path } = entry;
  const item = itemOf(entry);
  if (item.dataset.seen) return;
  item.dataset.seen = "true";
  const seen = document.createElement("div");
  one(item, "details").append(seen);
  if (isArchive(path)) {
    seen.textContent = gettext("Its documents are put into a folder of its name.");
    return;
  }
  seen.textContent = gettext("Reading…");
  try {
    const response = await fetch(previewAddress(path), {
      method: "POST",
      body: file,
      headers: { Accept: "text/html" },
    });
    if (response.ok) seen.innerHTML = await response.text();
    else showRefusal(item, seen, (await response.json()).message);
  } catch {
    seen.remove();
    delete item.dataset.seen;
    note(item, gettext("the server did not answer"));
    return;
  }
  const warnings = seen.querySelectorAll(".cw-warning").length;
  if (warnings) note(item, ngettext("%(num)s warning", "%(num)s warnings", warnings));
}

/**
 * @param {HTMLElement} item
 * @param {HTMLElement} seen
 * @param {string} reason
 */
function showRefusal(item, seen, reason) {
  seen.textContent = reason;
  seen.className = "cw-warning";
  note(item, gettext("cannot be read"));
}

/**
 * @param {HTMLElement} item
 * @param {string} words
 */
function note(item, words) {
  maybe(item, "summary > .cw-warning")?.remove();
  const span = document.createElement("span");
  span.className = "cw-warning";
  span.textContent = ` ${words}`;
  one(item, "summary").append(span);
}
