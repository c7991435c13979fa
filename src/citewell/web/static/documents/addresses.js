// The addresses and paths of documents.

/**
 * The address of a document of the corpus.
 * @param {string} path
 * @param {boolean} replace Whether it may replace an existing document.
 */
export function documentAddress(path, replace) {
  return `/api/documents/${encoded(path)}${replace ? "?replace=true" : ""}`;
}

/**
 * The address to put the documents of an archive to.
 * @param {string} path
 * @param {boolean} replace Whether they may replace existing documents.
 */
export function archiveAddress(path, replace) {
  return `/api/archives/${encoded(path)}${replace ? "?replace=true" : ""}`;
}

/**
 * The address that tells what Citewell sees of a file.
 * @param {string} path
 */
export function previewAddress(path) {
  return `/api/previews/${encoded(path)}`;
}

/** @param {string} path */
function encoded(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * The path of a file in a folder of the corpus.
 * @param {string} folder As typed; empty for the top folder.
 * @param {string} name
 */
export function pathIn(folder, name) {
  const inside = folder.trim().replace(/^\/+|\/+$/g, "");
  return inside ? `${inside}/${name}` : name;
}
