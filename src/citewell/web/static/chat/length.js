// The maximum length of a question.

/**
 * The message for a question that is too long; else empty.
 * @param {string} question
 * @param {number} most The most characters.
 */
export function tooLongWords(question, most) {
  const length = [...question.trim()].length;
  if (length <= most) return "";
  return `The question has ${length.toLocaleString("en")} characters; the maximum is ${most.toLocaleString("en")}.`;
}
