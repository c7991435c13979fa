// The marks of a document, as numbers.

/**
 * Read the spans of a card's `data-marks`: "12-40,50-60".
 * @param {string} marks
 * @returns {number[][]}
 */
export function spansOf(marks) {
  return marks.split(",").map((mark) => mark.split("-").map(Number));
}

/**
 * The index of the mark that is `by` steps away; the first follows the last.
 * @param {number} here
 * @param {number} by
 * @param {number} count
 */
export function stepFrom(here, by, count) {
  return (here + by + count) % count;
}
