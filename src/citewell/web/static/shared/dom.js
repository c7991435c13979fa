// Typed functions to find and create elements.

/**
 * Find an element that must exist.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {ParentNode} within
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function one(within, selector, kind = /** @type {new () => Kind} */ (/** @type {unknown} */ (HTMLElement))) {
  const found = within.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${selector}`);
}

/**
 * Find an element that may be missing.
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function maybe(within, selector) {
  return within.querySelector(selector);
}

/**
 * Find all matching elements.
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(within, selector) {
  return [...within.querySelectorAll(selector)].filter((each) => each instanceof HTMLElement);
}

/**
 * Find the element that contains another.
 * @param {Element} inside
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function around(inside, selector) {
  const found = inside.closest(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`the element is not inside ${selector}`);
}

/**
 * Create a button.
 * @param {string} className
 * @param {string} words
 * @returns {HTMLButtonElement}
 */
export function newButton(className, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = words;
  return button;
}

/** Whether the user prefers reduced motion. */
export const still = matchMedia("(prefers-reduced-motion: reduce)");
