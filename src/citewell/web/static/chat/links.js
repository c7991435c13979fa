// Links that contain a question, to share an answer.

// Links can be edited to any length; the server accepts no more than these.
const MOST_EARLIER = 6;

/**
 * The question, the place to search, its context, and whether typos are left as they are and other names left out.
 * @typedef {{ question: string, place: string, after: string[], exact: boolean, own: boolean }} Shared
 */

/**
 * The link that asks a question again.
 * @param {string} page The address of the page.
 * @param {Shared} shared
 */
export function linkTo(page, { question, place, after, exact, own }) {
  const link = new URL(page);
  link.search = "";
  link.searchParams.set("q", question);
  if (place) link.searchParams.set("in", place);
  if (exact) link.searchParams.set("exact", "1");
  if (own) link.searchParams.set("own", "1");
  for (const earlier of after) link.searchParams.append("after", earlier);
  return link.href;
}

/**
 * The question in an address, if there is one.
 * @param {string} search The query string of the address.
 * @returns {Shared | null}
 */
export function sharedBy(search) {
  const said = new URLSearchParams(search);
  const question = said.get("q");
  if (!question) return null;
  const after = said.getAll("after").slice(-MOST_EARLIER);
  return { question, place: said.get("in") ?? "", after, exact: said.has("exact"), own: said.has("own") };
}
