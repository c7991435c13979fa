// Sends documents and archives to the corpus, one at a time, with a line for each.

import { gettext } from "../shared/messages.js";
import { isThere } from "../shared/server.js";
import { archiveAddress, documentAddress } from "./addresses.js";
import { newLine } from "./uploads.js";

/** @typedef {import("./uploads.js").Line} Line */
/**
 * @typedef {object} Sent What became of a file.
 * @property {number} added How many documents were added or replaced.
 * @property {number} same How many were there already.
 * @property {number} failed How many were not added.
 * @property {number} exist How many of these exist with another content.
 * @property {boolean} broken Whether the server failed, which may be so with the next file, too.
 * @property {string} halted Why the following files would fail, too; empty if they would not.
 */

/** What concerns all files, not one: signed out, no rights, too many requests, an index or server that is away. */
const OF_ALL = [401, 403, 429, 503];

/**
 * Send a request. (XMLHttpRequest, because fetch does not report upload progress.)
 * @param {string} method
 * @param {string} address
 * @param {File | null} body
 * @param {Line} line Shows the progress.
 * @param {(text: string) => void} [coming] Called with what has arrived of the answer.
 * @returns {Promise<XMLHttpRequest>}
 */
export function send(method, address, body, line, coming) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    if (coming) request.onprogress = () => request.status === 200 && coming(request.responseText);
    request.upload.onprogress = ({ loaded, total }) => total && line.report(`${Math.floor((100 * loaded) / total)} %`);
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}

/** @param {XMLHttpRequest} request */
export function messageOf(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return request.status
      ? gettext("the server refused it (%(status)s)", { status: String(request.status) })
      : gettext("the server did not answer");
  }
}

/**
 * @param {Partial<Sent>} some
 * @returns {Sent}
 */
function sent(some) {
  return { added: 0, same: 0, failed: 0, exist: 0, broken: false, halted: "", ...some };
}

/**
 * Say why a file was not added.
 * @param {XMLHttpRequest} done
 * @param {Line} line
 */
async function refused(done, line) {
  if (done.status === 0 && !(await isThere())) return sent({ halted: gettext("The server does not respond.") });
  const reason = done.status ? messageOf(done) : gettext("can no longer be read; choose it again");
  line.report(reason, "cw-fault");
  if (OF_ALL.includes(done.status)) return sent({ halted: gettext("Stopped: %(reason)s.", { reason }) });
  return sent({ failed: 1, exist: Number(done.status === 409), broken: done.status >= 500 });
}

/**
 * Upload a document.
 * @param {File} file
 * @param {string} path
 * @param {Line} line
 * @param {boolean} replace Whether it may replace another one.
 */
export async function putDocument(file, path, line, replace) {
  line.report(gettext("waiting"));
  const done = await send("PUT", documentAddress(path, replace), file, line);
  if (done.status !== 200) return refused(done, line);
  const { unchanged } = JSON.parse(done.responseText);
  line.report(
    unchanged ? gettext("is in the corpus already") : replace ? gettext("replaced") : gettext("added"),
    "cw-sound",
  );
  return sent(unchanged ? { same: 1 } : { added: 1 });
}

/**
 * Put the documents of an archive into the corpus, with a line for each of its files.
 * @param {File} file
 * @param {string} path
 * @param {Line} line
 * @param {boolean} replace
 */
export async function putArchive(file, path, line, replace) {
  let shown = 0;
  const all = sent({});
  const show = (/** @type {string} */ text) => {
    // The last line may not be whole yet.
    const rows = text.split("\n").slice(0, -1);
    for (const row of rows.slice(shown)) {
      const each = JSON.parse(row);
      all[each.outcome === "added" ? "added" : "failed"] += 1;
      all.exist += Number(each.exists);
      const outcome = each.outcome === "added" ? gettext("added") : each.outcome;
      const words = each.reason ? `${outcome}: ${each.reason}` : outcome;
      newLine(each.path).report(words, each.outcome === "added" ? "cw-sound" : "cw-fault");
    }
    shown = rows.length;
  };
  line.report(gettext("waiting"));
  const done = await send("PUT", archiveAddress(path, replace), file, line, show);
  if (done.status === 200) {
    show(done.responseText);
    line.report(
      gettext("%(added)s of %(total)s files added", { added: all.added, total: shown }),
      all.added ? "cw-sound" : "",
    );
    return all;
  }
  const failed = await refused(done, line);
  return { ...failed, added: all.added };
}
