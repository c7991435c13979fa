// Where documents are put, and how they are asked for.

/**
 * The address of a document of the corpus.
 * @param {string} path
 * @param {boolean} replace Whether it may take the place of another.
 */
export function documentAddress(path, replace) {
  return `/api/documents/${path.split("/").map(encodeURIComponent).join("/")}${replace ? "?replace=true" : ""}`;
}

/**
 * The path of a file in a folder of the corpus.
 * @param {string} folder As it was typed; empty for none.
 * @param {string} name
 */
export function pathIn(folder, name) {
  const inside = folder.trim().replace(/^\/+|\/+$/g, "");
  return inside ? `${inside}/${name}` : name;
}
