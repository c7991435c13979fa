// The addresses and paths of documents.

/**
 * The address of a document of the corpus.
 * @param {string} path
 * @param {boolean} replace Whether it may replace an existing document.
 */
export function documentAddress(path, replace) {
  return `/api/documents/${path.split("/").map(encodeURIComponent).join("/")}${replace ? "?replace=true" : ""}`;
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
