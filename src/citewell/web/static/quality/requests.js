// What is asked of the quality, and what is asked again.

/** @typedef {{ action: string } & Record<string, string | number | undefined>} JudgeRequest */

const NAMED = ["set", "run", "other", "key"];
const DOES = new Set(["run", "cancel", "accept", "reject"]);

/**
 * A request: what a button says, with what the fields around it say.
 * @param {Record<string, string | undefined>} button The data of the button.
 * @param {Record<string, string>} fields The values of the fields, by their names.
 * @returns {JudgeRequest}
 */
export function requestOf(button, fields) {
  /** @type {JudgeRequest} */
  const request = { action: button.judge ?? "", ...fields };
  for (const name of NAMED) if (button[name]) request[name] = button[name];
  if (button.feedback) request.feedback = Number(button.feedback);
  return request;
}

/**
 * Whether a request does something, so that a double click must not send it twice.
 * @param {JudgeRequest} request
 */
export function doesSomething(request) {
  return DOES.has(request.action);
}

/**
 * What to ask when an answer was lost: what has been done is not done again; then the runs are looked at.
 * @param {JudgeRequest} request
 * @returns {JudgeRequest}
 */
export function askedAgain(request) {
  return doesSomething(request) ? { action: "runs" } : request;
}
