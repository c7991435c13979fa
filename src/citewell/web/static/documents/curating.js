// Documents put into the corpus and taken out of it, and the index brought up to date after that.
import { maybe, one } from "../shared/dom.js";
import { reader } from "../shared/frame.js";
import { documentAddress, pathIn } from "./addresses.js";
import { takeUp } from "./panel.js";
import { newLine, offer } from "./uploads.js";

/** @typedef {import("./uploads.js").Line} Line */

/** @param {XMLHttpRequest} request */
function saidBy(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return request.status ? `the server refused it (${request.status})` : "the server did not answer";
  }
}

/**
 * Send something. (XMLHttpRequest, because fetch does not tell how much has been sent.)
 * @param {string} method
 * @param {string} address
 * @param {File | null} body
 * @param {Line} line Says how much of it has been sent.
 * @returns {Promise<XMLHttpRequest>}
 */
function send(method, address, body, line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.upload.onprogress = ({ loaded, total }) => total && line.tell(`${Math.floor((100 * loaded) / total)} %`);
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}

/**
 * Put a document into the corpus; where one is there already, offer to replace it.
 * @param {File} file
 * @param {string} path
 * @param {Line} line
 * @param {boolean} replace
 */
async function putDocument(file, path, line, replace) {
  line.tell("waiting");
  const done = await send("PUT", documentAddress(path, replace), file, line);
  if (done.status === 200) {
    line.tell(replace ? "replaced" : "added", "cw-sound");
    return true;
  }
  line.tell(saidBy(done), "cw-fault");
  if (done.status === 409) {
    offer(line, "Replace it", async () => {
      if (await putDocument(file, path, line, true)) takeUp();
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
  if (added) await takeUp();
}

/**
 * Remove the document whose path is typed in, once the button has asked and is pressed again.
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
  askNoMore(button);
  const line = newLine(path);
  const done = await send("DELETE", documentAddress(path, false), null, line);
  if (done.status === 200) {
    field.value = "";
    line.tell(`removed; it is kept as ${JSON.parse(done.responseText).kept}`, "cw-sound");
    await takeUp();
  } else {
    line.tell(saidBy(done), "cw-fault");
  }
}

/** @param {HTMLElement} button */
function askNoMore(button) {
  button.dataset.remove = "";
  button.textContent = "Remove";
}

/** Listen to the fields of the panel, whenever there is one. */
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
      askNoMore(button);
    }
  });
  reader.addEventListener("dragover", dragged);
  reader.addEventListener("drop", dragged);
}

// A file that is dropped beside its place would be opened instead of the page.
/** @param {DragEvent} event */
function dragged(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const inPlace = event.target instanceof Element && event.target.closest(".cw-drop");
  if (event.type === "drop" && inPlace) putDocuments([...event.dataTransfer.files]);
}
