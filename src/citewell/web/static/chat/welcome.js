// The text shown before the first question.
import { maybe } from "../shared/dom.js";
import { empty } from "../shared/frame.js";
import { callServer } from "../shared/server.js";
import { watchState } from "../shared/waiting.js";
import { offerPlaces } from "./places.js";

/** Update the welcome text and the places to search: the page may be older than the index. */
export async function begin() {
  const html = await callServer("begin", { snapshot: maybe(empty, ".cw-welcome")?.dataset.snapshot ?? "" });
  if (html) empty.innerHTML = html;
  watchState(empty, begin);
  offerPlaces();
}
