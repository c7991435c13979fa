// Quotations with their citations, as plain text, Markdown and BibTeX.
import { gettext } from "../shared/messages.js";

/**
 * @typedef {object} Quotation
 * @property {string} quote
 * @property {string} path
 * @property {string} key The name in BibTeX if the path has no letter or digit.
 * @property {string} title
 * @property {string[]} section
 * @property {string} place Where it is looked up, such as "page iv"; empty if the path says it all.
 * @property {string} marks The spans of the quoted text, in order.
 * @property {string} drifted How the file differs from the index; empty if it does not.
 */

/** @type {Record<string, () => string>} */
const DRIFTS = {
  changed: () => gettext("as indexed; the file has changed since"),
  gone: () => gettext("as indexed; the file has been removed since"),
  unreadable: () => gettext("as indexed; the file could not be read"),
};

/** @type {Record<string, string>} */
const LATEX = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
};

// Remove control characters; line ends become "\n".
/** @param {string} text */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed here
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "");
}

/**
 * A text on one line.
 * @param {string} text
 */
export function oneLine(text) {
  return printable(text).replace(/\s+/g, " ").trim();
}

/**
 * A text escaped for Markdown, so it has no HTML, link, heading, list, rule, code or table.
 * @param {string} text
 */
export function inMarkdown(text) {
  return printable(text)
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/[\\`*_{}[\]<>#|~&$^@]/g, "\\$&")
        .replace(/:(?=\/\/)|\.(?<=\bwww\.)/gi, "\\$&")
        .replace(/^[-+=:]/, "\\$&")
        .replace(/^(\d+)([.)])/, "$1\\$2"),
    )
    .join("\n");
}

/**
 * A text for a BibTeX field. (BibTeX counts braces even if they are escaped.)
 * @param {string} text
 */
export function inBibtex(text) {
  return oneLine(text).replace(/[\\{}^~<>|&%$#_]/g, (character) => LATEX[character] ?? `\\${character}`);
}

/** @param {Quotation} quotation */
function placeOf({ path, title, section, place: locator, marks, drifted }) {
  const [start = "", end = ""] = marks.split(",", 1).join("").split("-");
  const where = [title, ...section, ...(locator ? [locator] : [])].join(" › ");
  const drift = DRIFTS[drifted]?.();
  const since = drift ? `, ${drift}` : "";
  const characters = gettext("characters %(start)s–%(end)s", { start, end });
  return { where, characters, since, start, place: `${path}, ${characters}${since}` };
}

/**
 * A quotation with its citation, on one line.
 * @param {Quotation} quotation
 */
export function citedPlainly(quotation) {
  const { where, place } = placeOf(quotation);
  return `“${quotation.quote}” — ${where} (${place})`;
}

/**
 * A quotation with its citation, as Markdown.
 * @param {Quotation} quotation
 */
export function citedInMarkdown(quotation) {
  const { where, place } = placeOf(quotation);
  const lines = inMarkdown(quotation.quote)
    .split("\n")
    .map((line) => `> ${line}`.trimEnd());
  return `${lines.join("\n")}\n>\n> — ${inMarkdown(oneLine(where))} (${inMarkdown(oneLine(place))})\n`;
}

/**
 * A quotation with its citation, as a BibTeX entry.
 * @param {Quotation} quotation
 */
export function citedInBibtex(quotation) {
  const { quote, path, key, title } = quotation;
  const { where, characters, start, since } = placeOf(quotation);
  const name = path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || key;
  const note = `${where}, ${characters.replace("–", "--")}${since}`;
  const fields = Object.entries({ title, howpublished: path, note, abstract: quote });
  const lines = fields.map(([field, value]) => `  ${field} = {${inBibtex(value)}}`);
  return `@misc{${name}-${start},\n${lines.join(",\n")}\n}\n`;
}
