// Asking the server, and what to say where it gives no answer.
import { signedOut } from "../auth/account.js";
import { functions, stateOf } from "./frame.js";

/** Whether the server answers at all. */
export async function isThere() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/**
 * Have the server do something; return its HTML, or what to say where there is none. Gradio throws, or returns nothing.
 * @param {string} name
 * @param {object} request
 */
export async function called(name, request) {
  try {
    const html = await functions[name]?.(request);
    if (typeof html === "string") return html;
  } catch {
    return failure();
  }
  return failure();
}

// Why the server did not do what was wanted: it is not there, a session has ended, or it failed.
async function failure() {
  try {
    if (await isThere()) return (await signedOut()) || stateOf("failed");
  } catch {
    // It has gone between the two questions.
  }
  return stateOf("lost");
}
