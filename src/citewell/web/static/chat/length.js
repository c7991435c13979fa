// The maximum length of a question.
import { gettext } from "../shared/messages.js";

/**
 * The message for a question that is too long; else empty.
 * @param {string} question
 * @param {number} most The most characters.
 */
export function tooLongWords(question, most) {
  const length = [...question.trim()].length;
  if (length <= most) return "";
  return gettext("The question has %(length)s characters; the maximum is %(most)s.", { length, most });
}
