// The pauses between retries, in seconds.
const LONGEST = 15;

/**
 * The pause that the server requested, or a longer one after several tries.
 * @param {number} requested
 * @param {number} tries
 */
export function pauseBefore(requested, tries) {
  return Math.max(requested, Math.min(2 ** tries, LONGEST));
}

/**
 * The pause after another one in which the server did not respond.
 * @param {number} seconds
 */
export function longerThan(seconds) {
  return Math.min(1.5 * seconds, LONGEST);
}
