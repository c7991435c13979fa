// Where to look: in all documents, or in one of them or a folder.
import { maybe, one } from "../shared/dom.js";
import { empty, place, root } from "../shared/frame.js";

/** Offer a choice; a single document has no parts to choose from. */
export function offerPlaces() {
  const welcome = maybe(empty, ".cw-welcome");
  if (!welcome) return;
  const scope = one(root, ".cw-scope");
  scope.hidden = !(Number(welcome.dataset.documents) > 1);
  if (scope.hidden) lookIn("");
}

/**
 * Look only in a document or a folder, or in all; the box says which even when it is folded.
 * @param {string} where
 */
export function lookIn(where) {
  place.value = where;
  sayWhere();
}

/** Say where is looked. */
export function sayWhere() {
  const where = place.value.trim();
  one(root, ".cw-scope summary").textContent = where ? `Asking only ${where}` : "Ask only part of the documents";
}
