// The fields and buttons that add and remove documents.
import { maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { addFiles, listenForLeaving, stopAdding } from "./adding.js";
import { documentAddress } from "./addresses.js";
import { chosenFiles, droppedFiles } from "./folders.js";
import { rebuildIndex } from "./panel.js";
import { messageOf, send } from "./sending.js";
import { moveFiles, offerFiles, takeFiles } from "./tray.js";
import { newLine } from "./uploads.js";

/**
 * Add the files of the tray, discard them, or stop adding them.
 * @param {HTMLElement} _button
 * @param {string} action
 */
export function decideTray(_button, action) {
  if (action === "add") return addFiles();
  if (action === "stop") return stopAdding();
  takeFiles();
  maybe(reader, "#cw-files")?.focus();
}

/**
 * Remove the document whose path is in the field. The button must be pressed twice.
 * @param {HTMLElement} button
 */
export async function removeDocument(button) {
  const field = one(reader, "[data-remove-path]", HTMLInputElement);
  const path = field.value.trim();
  if (!path) {
    field.focus();
    return;
  }
  if (button.dataset.remove !== path) {
    button.dataset.remove = path;
    button.textContent = gettext("Really remove it?");
    return;
  }
  resetButton(button);
  const line = newLine(path);
  const done = await send("DELETE", documentAddress(path, false), null, line);
  if (done.status === 200) {
    field.value = "";
    line.report(
      gettext("removed; a copy is kept as %(kept)s", { kept: JSON.parse(done.responseText).kept }),
      "cw-sound",
    );
    await rebuildIndex();
  } else {
    line.report(messageOf(done), "cw-fault");
  }
}

/** @param {HTMLElement} button */
function resetButton(button) {
  button.dataset.remove = "";
  button.textContent = gettext("Remove");
}

/** Listen to the fields of the panel. */
export function listenForDocuments() {
  reader.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.matches("#cw-files, #cw-folder")) return;
    offerFiles(chosenFiles(field));
    field.value = "";
  });
  reader.addEventListener("input", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-into]")) moveFiles();
    const button = maybe(reader, "[data-remove]");
    if (event.target instanceof Element && event.target.matches("[data-remove-path]") && button?.dataset.remove) {
      resetButton(button);
    }
  });
  listenForLeaving();
  reader.addEventListener("dragover", dragged);
  reader.addEventListener("drop", dragged);
}

// Without this the browser would open a file that is dropped outside the drop area.
/** @param {DragEvent} event */
function dragged(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const inPlace = event.target instanceof Element && event.target.closest(".cw-drop");
  if (event.type === "drop" && inPlace) droppedFiles(event.dataTransfer).then(offerFiles);
}
