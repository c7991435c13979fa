// Links that contain a question, to share an answer.

// Links can be edited to any length; the server accepts no more than these.
const MOST_EARLIER = 6;
const MOST_FILTERS = 100;

/**
 * The question, the place to search, its filters, its context, and whether typos are left as they are and other names left out.
 * @typedef {{ question: string, place: string, filters: string[], after: string[], exact: boolean, own: boolean }} Shared
 */

/**
 * The link that asks a question again.
 * @param {string} page The address of the page.
 * @param {Shared} shared
 */
export function linkTo(page, { question, place, filters, after, exact, own }) {
  const link = new URL(page);
  link.search = "";
  link.searchParams.set("q", question);
  if (place) link.searchParams.set("in", place);
  for (const filter of filters) link.searchParams.append("filter", filter);
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
  const filters = said.getAll("filter").slice(0, MOST_FILTERS);
  return { question, place: said.get("in") ?? "", filters, after, exact: said.has("exact"), own: said.has("own") };
}

/**
 * A list without one of its texts.
 * @param {string[]} texts
 * @param {string} left
 */
export function without(texts, left) {
  return texts.filter((each) => each !== left);
}
