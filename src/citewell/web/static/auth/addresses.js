// The address of the sign-in page.

/**
 * The address of the sign-in page, which leads back afterwards.
 * @param {string} back
 */
export function signInAddress(back) {
  return `/sign-in?next=${encodeURIComponent(back)}`;
}
