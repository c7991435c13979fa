// Requests to the server, and what the page shows when they fail.
import { notAdmitted } from "../auth/account.js";
import { functions, stateOf } from "./frame.js";

/** Whether the server responds. */
export async function isThere() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/**
 * Call a function of the server; return its HTML, or the HTML of the failure. (On failure Gradio throws or returns nothing.)
 * @param {string} name
 * @param {object} request
 */
export async function callServer(name, request) {
  try {
    const html = await functions[name]?.(request);
    if (typeof html === "string") return html;
  } catch {
    return failure();
  }
  return failure();
}

// The cause of a failure: the server is unreachable, the session has expired, or the function failed.
async function failure() {
  try {
    if (await isThere()) return (await notAdmitted()) || stateOf("failed");
  } catch {
    // The server became unreachable between the two requests.
  }
  return stateOf("lost");
}
