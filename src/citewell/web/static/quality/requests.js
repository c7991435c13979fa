// The requests of the "Quality" panel, and what to send after a failure.

/** @typedef {{ action: string } & Record<string, string | number | undefined>} JudgeRequest */

const NAMED = ["set", "run", "other", "key"];
const DOES = new Set(["run", "cancel", "accept", "reject"]);

/**
 * A request made from a button and the fields around it.
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
 * Whether a request has an effect, so a double click must not send it twice.
 * @param {JudgeRequest} request
 */
export function doesSomething(request) {
  return DOES.has(request.action);
}

/**
 * The request to send after a failure: a request with an effect is not repeated; the list of runs is shown instead.
 * @param {JudgeRequest} request
 * @returns {JudgeRequest}
 */
export function askedAgain(request) {
  return doesSomething(request) ? { action: "runs" } : request;
}
