// Files that were chosen: which can be added, and why the others are left out.
import { gettext, ngettext } from "../shared/messages.js";

/** @typedef {import("./folders.js").Found} Found */

/**
 * Part the files that can be added from the others, without asking the server.
 * @param {Found[]} found
 * @param {string[]} kinds The suffixes of files that can be read, in lower case.
 * @param {number} largest How many bytes a file may have.
 * @returns {{ taken: Found[], left: Map<string, string[]> }} In order of their names; of the others, the names by reason.
 */
export function sortOut(found, kinds, largest) {
  const order = new Intl.Collator("en", { numeric: true });
  /** @type {Map<string, string[]>} */
  const left = new Map();
  /** @type {Found[]} */
  const taken = [];
  for (const each of [...found].sort((one, other) => order.compare(one.name, other.name))) {
    const reason = reasonAgainst(each, kinds, largest);
    if (reason) left.set(reason, [...(left.get(reason) ?? []), each.name]);
    else taken.push(each);
  }
  return { taken, left };
}

/**
 * @param {Found} found
 * @param {string[]} kinds
 * @param {number} largest
 */
function reasonAgainst({ name, file }, kinds, largest) {
  if (name.split("/").some((part) => part.startsWith("."))) return gettext("hidden");
  const suffix = suffixOf(name);
  if (suffix && !kinds.includes(suffix)) return gettext("not in a supported format (%(suffix)s)", { suffix });
  if (!file) return gettext("not readable by the browser");
  return file.size > largest ? gettext("larger than %(megabytes)s MB", { megabytes: largest / 1e6 }) : "";
}

/** @param {string} path */
function suffixOf(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot).toLowerCase() : "";
}

/**
 * How many files, in words.
 * @param {number} count
 */
export function filesInWords(count) {
  return ngettext("%(num)s file", "%(num)s files", count);
}
