// Uploads and removes documents, and then updates the index.
import { maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { archiveAddress, documentAddress } from "./addresses.js";
import { chosenFiles, droppedFiles } from "./folders.js";
import { rebuildIndex } from "./panel.js";
import { isArchive, offerFiles, takeFiles } from "./tray.js";
import { newLine, offer, showRate, showSum } from "./uploads.js";

/** @typedef {import("./uploads.js").Line} Line */

/** @param {XMLHttpRequest} request */
function messageOf(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return request.status ? `the server refused it (${request.status})` : "the server did not answer";
  }
}

/**
 * Send a request. (XMLHttpRequest, because fetch does not report upload progress.)
 * @param {string} method
 * @param {string} address
 * @param {File | null} body
 * @param {Line} line Shows the progress.
 * @param {(text: string) => void} [coming] Called with what has arrived of the answer.
 * @returns {Promise<XMLHttpRequest>}
 */
function send(method, address, body, line, coming) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    if (coming) request.onprogress = () => request.status === 200 && coming(request.responseText);
    request.upload.onprogress = ({ loaded, total }) => total && line.report(`${Math.floor((100 * loaded) / total)} %`);
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}

/**
 * Upload a document; if it exists, offer to replace it.
 * @param {File} file
 * @param {string} path
 * @param {Line} line
 * @param {boolean} replace
 */
async function putDocument(file, path, line, replace) {
  line.report("waiting");
  const done = await send("PUT", documentAddress(path, replace), file, line);
  if (done.status === 200) {
    line.report(replace ? "replaced" : "added", "cw-sound");
    return true;
  }
  line.report(messageOf(done), "cw-fault");
  if (done.status === 409) {
    offer(line, "Replace it", async () => {
      if (await putDocument(file, path, line, true)) rebuildIndex();
    });
  }
  return false;
}

/**
 * Put the documents of an archive into the corpus, with a line for each of its files.
 * @param {File} file
 * @param {string} path
 * @param {Line} line
 */
async function putArchive(file, path, line) {
  let shown = 0;
  let added = 0;
  const show = (/** @type {string} */ text) => {
    // The last line may not be whole yet.
    const rows = text.split("\n").slice(0, -1);
    for (const row of rows.slice(shown)) {
      const each = JSON.parse(row);
      added += Number(each.outcome === "added");
      const words = each.reason ? `${each.outcome}: ${each.reason}` : each.outcome;
      newLine(each.path).report(words, each.outcome === "added" ? "cw-sound" : "cw-fault");
    }
    shown = rows.length;
  };
  line.report("waiting");
  const done = await send("PUT", archiveAddress(path), file, line, show);
  if (done.status !== 200) {
    line.report(messageOf(done), "cw-fault");
    return false;
  }
  show(done.responseText);
  line.report(`${added} of ${shown} files added`, "cw-sound");
  return added > 0;
}

let stopped = false;

// Add the files of the tray, one after the other.
async function putDocuments() {
  const files = takeFiles();
  const lines = files.map(({ path }) => newLine(path));
  const began = Date.now();
  let added = 0;
  stopped = false;
  for (const [nth, { file, path }] of files.entries()) {
    const line = lines[nth];
    if (!line) continue;
    if (stopped) line.report("not added: stopped", "cw-fault");
    else if (isArchive(path)) added += Number(await putArchive(file, path, line));
    else added += Number(await putDocument(file, path, line, false));
    showRate(nth + 1, files.length, (Date.now() - began) / 1000);
  }
  showSum(added, files.length);
  if (added) await rebuildIndex();
}

/**
 * Add the files of the tray, discard them, or stop adding them.
 * @param {HTMLElement} _button
 * @param {string} action
 */
export function decideTray(_button, action) {
  if (action === "add") return putDocuments();
  if (action === "stop") stopped = true;
  else takeFiles();
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
    button.textContent = "Really remove it?";
    return;
  }
  resetButton(button);
  const line = newLine(path);
  const done = await send("DELETE", documentAddress(path, false), null, line);
  if (done.status === 200) {
    field.value = "";
    line.report(`removed; a copy is kept as ${JSON.parse(done.responseText).kept}`, "cw-sound");
    await rebuildIndex();
  } else {
    line.report(messageOf(done), "cw-fault");
  }
}

/** @param {HTMLElement} button */
function resetButton(button) {
  button.dataset.remove = "";
  button.textContent = "Remove";
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
    const button = maybe(reader, "[data-remove]");
    if (event.target instanceof Element && event.target.matches("[data-remove-path]") && button?.dataset.remove) {
      resetButton(button);
    }
  });
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
