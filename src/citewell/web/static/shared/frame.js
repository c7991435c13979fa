// The permanent parts of the page. They are set when Gradio has shown the component.
import { one } from "./dom.js";
import { speak } from "./messages.js";

/** @type {HTMLElement} */
export let root;
/** @type {HTMLElement} */
export let log;
/** @type {HTMLElement} */
export let empty;
/** @type {HTMLFormElement} */
export let form;
/** @type {HTMLTextAreaElement} */
export let input;
/** @type {HTMLInputElement} */
export let place;
/** @type {HTMLElement} */
export let reader;
/** @type {ServerFunctions} */
export let functions;

/**
 * Find the parts; called once.
 * @param {Connection} connection
 */
export function connect({ element, server }) {
  functions = server;
  root = one(element, ".cw");
  speak(root.lang, JSON.parse(root.dataset.messages ?? ""));
  log = one(root, ".cw-log");
  empty = one(root, ".cw-empty");
  form = one(root, ".cw-form", HTMLFormElement);
  input = one(root, ".cw-input", HTMLTextAreaElement);
  place = one(root, ".cw-place-input", HTMLInputElement);
  reader = one(root, ".cw-reader");
}

/**
 * The HTML of a state that the page detects without the server.
 * @param {string} name
 */
export function stateOf(name) {
  return one(root, `template[data-state="${name}"]`).innerHTML;
}
