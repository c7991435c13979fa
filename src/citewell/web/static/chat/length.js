// How long a question may be.

/**
 * Say that a question is too long, or nothing.
 * @param {string} question
 * @param {number} most The most characters.
 */
export function tooLongWords(question, most) {
  const length = [...question.trim()].length;
  if (length <= most) return "";
  return `The question has ${length.toLocaleString("en")} characters; at most ${most.toLocaleString("en")} are taken.`;
}
