// Files that were dropped or chosen, with those of whole folders.

/** @typedef {{ file: File, name: string }} Found A file, and its path below what was dropped. */

/**
 * The files of a file field; those of a folder have its name in front.
 * @param {HTMLInputElement} field
 * @returns {Found[]}
 */
export function chosenFiles(field) {
  return [...(field.files ?? [])].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
}

/**
 * The files that were dropped, with those inside folders; hidden ones are left out, because they are not read.
 * @param {DataTransfer} dropped
 * @returns {Promise<Found[]>}
 */
export async function droppedFiles(dropped) {
  // Both are gone after the first pause.
  const entries = [...dropped.items].map((each) => each.webkitGetAsEntry?.());
  const files = [...dropped.files];
  if (!entries.some((entry) => entry?.isDirectory)) return files.map((file) => ({ file, name: file.name }));
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {Found[]} found
 */
async function collect(entry, found) {
  if (entry.name.startsWith(".")) return;
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push({ file, name: entry.fullPath.replace(/^\//, "") });
  } else if (entry instanceof FileSystemDirectoryEntry) {
    for (const each of await all(entry.createReader())) await collect(each, found);
  }
}

/**
 * The entries of a folder, which come in portions.
 * @param {FileSystemDirectoryReader} portions
 * @returns {Promise<FileSystemEntry[]>}
 */
async function all(portions) {
  /** @type {FileSystemEntry[]} */
  const entries = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((done, failed) => portions.readEntries(done, failed));
    if (!some.length) return entries;
    entries.push(...some);
  }
}
