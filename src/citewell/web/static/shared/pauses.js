// How long to wait before something is tried again, in seconds.
const LONGEST = 15;

/**
 * The pause that the server asked for, or a longer one where that was not enough before.
 * @param {number} wanted
 * @param {number} tries
 */
export function pauseBefore(wanted, tries) {
  return Math.max(wanted, Math.min(2 ** tries, LONGEST));
}

/**
 * The pause after one in which the server did not come back.
 * @param {number} seconds
 */
export function longerThan(seconds) {
  return Math.min(1.5 * seconds, LONGEST);
}
