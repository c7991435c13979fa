// Quotations with their citations, as texts.

/**
 * @typedef {object} Quotation
 * @property {string} quote
 * @property {string} path
 * @property {string} key A name for a document whose path has no letter or digit.
 * @property {string} title
 * @property {string[]} section
 * @property {string} page Empty where there are no pages.
 * @property {string} marks The spans of what is quoted, the first one first.
 * @property {string} drifted How the file has changed since it was indexed; empty where it has not.
 */

/** @type {Record<string, string>} */
const DRIFTS = {
  changed: "the file has changed since",
  gone: "the file is gone since",
  unreadable: "the file cannot be read just now",
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

// Without what no text has, and nothing reads as one.
/** @param {string} text */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "");
}

/**
 * A text in one line.
 * @param {string} text
 */
export function oneLine(text) {
  return printable(text).replace(/\s+/g, " ").trim();
}

/**
 * A text as Markdown that says the same and is nothing but text: no HTML, link, heading, list, rule, code or table.
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
 * A text for a field of BibTeX, which counts even a brace that is escaped.
 * @param {string} text
 */
export function inBibtex(text) {
  return oneLine(text).replace(/[\\{}^~<>|&%$#_]/g, (character) => LATEX[character] ?? `\\${character}`);
}

/** @param {Quotation} quotation */
function placeOf({ path, title, section, page, marks, drifted }) {
  const [start = "", end = ""] = marks.split(",", 1).join("").split("-");
  const where = [title, ...section, ...(page ? [`page ${page}`] : [])].join(" › ");
  const since = drifted ? `, as it was indexed; ${DRIFTS[drifted]}` : "";
  return { where, start, end, since, place: `${path}, characters ${start}–${end}${since}` };
}

/**
 * A quotation with its citation, in one line.
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
 * A quotation with its citation, as an entry of BibTeX.
 * @param {Quotation} quotation
 */
export function citedInBibtex(quotation) {
  const { quote, path, key, title } = quotation;
  const { where, start, end, since } = placeOf(quotation);
  const name = path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || key;
  const note = `${where}, characters ${start}--${end}${since}`;
  const fields = Object.entries({ title, howpublished: path, note, abstract: quote });
  const lines = fields.map(([field, value]) => `  ${field} = {${inBibtex(value)}}`);
  return `@misc{${name}-${start},\n${lines.join(",\n")}\n}\n`;
}
