// The form for questions.
import { one } from "../shared/dom.js";
import { form, input } from "../shared/frame.js";
import { ask } from "./asking.js";
import { foldFilters } from "./filters.js";
import { tooLongWords } from "./length.js";

function fit() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
}

// A question that is too long stays in the field to be shortened.
/** @param {string} question */
function tooLong(question) {
  const message = one(form, ".cw-too-long");
  message.textContent = tooLongWords(question, Number(input.dataset.longest));
  message.hidden = !message.textContent;
  return !message.hidden;
}

/** @param {SubmitEvent} event */
function submitted(event) {
  event.preventDefault();
  const question = input.value;
  if (tooLong(question)) return;
  input.value = "";
  fit();
  foldFilters();
  ask(question);
}

/** Ask the question at Enter or with the button. */
export function listenToComposer() {
  form.addEventListener("submit", submitted);
  input.addEventListener("input", () => {
    fit();
    if (!one(form, ".cw-too-long").hidden) tooLong(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
