// Files that were dropped or chosen, with those of whole folders.

/** @typedef {{ file: File | null, name: string }} Found A file, null if it cannot be read, and its path below what was dropped. */

/**
 * The files of a file field; those of a folder have its name in front.
 * @param {HTMLInputElement} field
 * @returns {Found[]}
 */
export function chosenFiles(field) {
  return [...(field.files ?? [])].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
}

/**
 * The files that were dropped, with those inside folders; of a hidden folder, only its name.
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
  const name = entry.fullPath.replace(/^\//, "");
  if (isFolder(entry) && !entry.name.startsWith(".")) {
    const inside = await all(entry.createReader()).catch(() => null);
    for (const each of inside ?? []) await collect(each, found);
    if (!inside) found.push({ file: null, name });
  } else {
    found.push({ file: isFile(entry) ? await fileOf(entry) : null, name });
  }
}

// Chromium has no names for these classes, so `instanceof` would fail.
/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
function isFolder(entry) {
  return entry.isDirectory;
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
function isFile(entry) {
  return entry.isFile;
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File | null>}
 */
function fileOf(entry) {
  return new Promise((done) => entry.file(done, () => done(null)));
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
