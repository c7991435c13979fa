// Adds the files of the tray, one after the other; what is stopped goes back into the tray, so that it can go on.

import { gettext } from "../shared/messages.js";
import { rebuildIndex } from "./panel.js";
import { putArchive, putDocument } from "./sending.js";
import { isArchive, returnFiles, takeFiles } from "./tray.js";
import { newLine, offer, showRate, showSum, uploads } from "./uploads.js";

/** @typedef {import("./uploads.js").Line} Line */
/** @typedef {import("./tray.js").Waiting & { replace?: boolean, line?: Line }} Queued */

/** Of more files than these, only those that were not added keep their lines. */
const QUIET = 20;
/** After so many failures of the server in a row, the next file would fail, too. */
const MOST_FAILURES = 3;

/** @type {Queued[]} */
let queue = [];
let running = false;
let stopped = false;

/** Add the files of the tray. */
export function addFiles() {
  const adding = add(takeFiles());
  // The button that was pressed is gone.
  uploads.focus();
  return adding;
}

/** Stop adding after the file that is being sent. */
export function stopAdding() {
  stopped = true;
}

/** Ask before the page is left in the middle. */
export function listenForLeaving() {
  addEventListener("beforeunload", (event) => running && event.preventDefault());
}

/** @param {Queued[]} files */
async function add(files) {
  queue.push(...files);
  if (running) return;
  running = true;
  stopped = false;
  const sum = { added: 0, same: 0, failed: 0 };
  const { halted, existing } = await addAll(sum);
  running = false;
  const rest = queue;
  queue = [];
  for (const { line } of rest) line?.report(gettext("not replaced"), "cw-fault");
  const fresh = rest.filter(({ replace }) => !replace);
  if (fresh.length) returnFiles(fresh, halted || gettext("Stopped."));
  showSum(sum, existing.length > 1 ? () => replaceAll(existing) : null);
  if (sum.added) await rebuildIndex();
}

/** @param {{ added: number, same: number, failed: number }} sum */
async function addAll(sum) {
  const began = Date.now();
  /** @type {Queued[]} */
  const existing = [];
  let [done, failures, halted] = [0, 0, ""];
  while (!stopped && !halted) {
    const next = queue.shift();
    if (!next) break;
    const line = next.line ?? newLine(next.path);
    const sent = await (isArchive(next.path) ? putArchive : putDocument)(next.file, next.path, line, !!next.replace);
    sum.added += sent.added;
    sum.same += sent.same;
    sum.failed += sent.failed;
    failures = sent.broken ? failures + 1 : 0;
    halted = sent.halted || (failures >= MOST_FAILURES ? gettext("Stopped: the server cannot store the files.") : "");
    if (sent.halted) queue.unshift(next);
    if (sent.exist) existing.push(offerReplacing(next, line, sent.exist));
    done += 1;
    const total = done + queue.length;
    if (sent.halted || (total > QUIET && !sent.failed && !isArchive(next.path))) line.item.remove();
    showRate(stopped || halted ? total : done, total, (Date.now() - began) / 1000);
  }
  return { halted, existing };
}

/**
 * Offer to replace what exists.
 * @param {Queued} file
 * @param {Line} line
 * @param {number} count How many documents of it exist.
 * @returns {Queued} What replaces them.
 */
function offerReplacing({ file, name, path }, line, count) {
  const again = { file, name, path, line, replace: true };
  offer(line, isArchive(path) ? gettext("Replace the %(count)s that exist", { count }) : gettext("Replace it"), () =>
    add([again]),
  );
  return again;
}

/** @param {Queued[]} existing */
function replaceAll(existing) {
  for (const { line } of existing) for (const button of line?.item.querySelectorAll("button") ?? []) button.remove();
  return add(existing.filter(({ line }) => line?.item.classList.contains("cw-fault")));
}
