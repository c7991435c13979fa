// What the page says while nothing is asked.
import { maybe } from "../shared/dom.js";
import { empty } from "../shared/frame.js";
import { called } from "../shared/server.js";
import { tend } from "../shared/waiting.js";
import { offerPlaces } from "./places.js";

/** Bring up to date what can be asked, and where to look: the page may be older than the index. */
export async function begin() {
  const html = await called("begin", { snapshot: maybe(empty, ".cw-welcome")?.dataset.snapshot ?? "" });
  if (html) empty.innerHTML = html;
  tend(empty, begin);
  offerPlaces();
}
