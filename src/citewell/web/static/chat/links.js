// Addresses of the page that say what was asked, so that an answer can be shared.

// A link of any length can be made by hand; the server takes no more than these.
const MOST_EARLIER = 6;

/** @typedef {{ question: string, place: string, after: string[] }} Shared The question, where to look, and what it leans on. */

/**
 * The address that asks a question again.
 * @param {string} page The address of the page.
 * @param {Shared} shared
 */
export function linkTo(page, { question, place, after }) {
  const link = new URL(page);
  link.search = "";
  link.searchParams.set("q", question);
  if (place) link.searchParams.set("in", place);
  for (const earlier of after) link.searchParams.append("after", earlier);
  return link.href;
}

/**
 * What an address asks, if it asks something.
 * @param {string} search The address' part from the question mark on.
 * @returns {Shared | null}
 */
export function sharedBy(search) {
  const said = new URLSearchParams(search);
  const question = said.get("q");
  if (!question) return null;
  return { question, place: said.get("in") ?? "", after: said.getAll("after").slice(-MOST_EARLIER) };
}
