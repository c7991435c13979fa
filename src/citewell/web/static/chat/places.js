// The place to search: all documents, one document, or a folder.
import { maybe, one } from "../shared/dom.js";
import { empty, place, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";

/** Show the field for the place, unless there is only one document. */
export function offerPlaces() {
  const welcome = maybe(empty, ".cw-welcome");
  if (!welcome) return;
  const scope = one(root, ".cw-scope");
  scope.hidden = !(Number(welcome.dataset.documents) > 1);
  if (scope.hidden) lookIn("");
}

/**
 * Limit the search to a document or a folder, or to none. The summary shows it even if the box is folded.
 * @param {string} where
 */
export function lookIn(where) {
  place.value = where;
  sayWhere();
}

/** Show the place in the summary. */
export function sayWhere() {
  const where = place.value.trim();
  one(root, ".cw-scope summary").textContent = where
    ? gettext("Searching only %(place)s", { place: where })
    : gettext("Search only part of the documents");
}
