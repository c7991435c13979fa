// Uploads and removes documents, and then updates the index.
import { maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { documentAddress, pathIn } from "./addresses.js";
import { rebuildIndex } from "./panel.js";
import { newLine, offer } from "./uploads.js";

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
 * @returns {Promise<XMLHttpRequest>}
 */
function send(method, address, body, line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
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

/** @param {File[]} files */
async function putDocuments(files) {
  const folder = one(reader, "[data-into]", HTMLInputElement).value;
  let added = false;
  for (const file of files) {
    const path = pathIn(folder, file.name);
    added = (await putDocument(file, path, newLine(path), false)) || added;
  }
  if (added) await rebuildIndex();
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
    if (!(field instanceof HTMLInputElement) || field.id !== "cw-files") return;
    putDocuments([...(field.files ?? [])]);
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
  if (event.type === "drop" && inPlace) putDocuments([...event.dataTransfer.files]);
}
