// What is marked in a document, as numbers.

/**
 * Read the spans of a card's `data-marks`: "12-40,50-60".
 * @param {string} marks
 * @returns {number[][]}
 */
export function spansOf(marks) {
  return marks.split(",").map((mark) => mark.split("-").map(Number));
}

/**
 * The place of the mark that is so many steps further; after the last comes the first.
 * @param {number} here
 * @param {number} by
 * @param {number} count
 */
export function stepFrom(here, by, count) {
  return (here + by + count) % count;
}
