// The messages of the scripts, in the language of the page, which brings them.

/** @typedef {{ forms: Record<string, number>, messages: Record<string, string | string[]> }} Catalogue */

/** @type {Catalogue} */
let catalogue = { forms: {}, messages: {} };
let language = "en";
let plurals = new Intl.PluralRules(language);

/**
 * Use a language; called once.
 * @param {string} tag
 * @param {Catalogue} given Its messages; those that are missing stay English.
 */
export function speak(tag, given) {
  language = tag;
  plurals = new Intl.PluralRules(tag);
  catalogue = given;
}

/** @typedef {Record<string, string | number>} Values */

/**
 * A message in the language of the page.
 * @param {string} message In English; "%(name)s" is a value, and "%%" a percent sign.
 * @param {Values} [values] A number is written as the language writes it.
 */
export function gettext(message, values = {}) {
  const found = catalogue.messages[message];
  return filled(typeof found === "string" ? found : message, values);
}

/**
 * A message about a number of things.
 * @param {string} singular In English, for one.
 * @param {string} plural In English, for any other number, which is "%(num)s".
 * @param {number} num
 * @param {Values} [values]
 */
export function ngettext(singular, plural, num, values = {}) {
  const forms = catalogue.messages[singular];
  const form = Array.isArray(forms) && forms[catalogue.forms[plurals.select(num)] ?? 0];
  return filled(form || (num === 1 ? singular : plural), { num, ...values });
}

/**
 * A number as the language writes it.
 * @param {number} value
 * @param {number} [digits] How many digits follow the decimal sign.
 */
export function number(value, digits = 0) {
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * @param {string} message
 * @param {Values} values
 */
function filled(message, values) {
  return message.replace(/%(?:\((\w+)\)s|%)/g, (_, name) => {
    const value = name === undefined ? "%" : values[name];
    return typeof value === "number" ? number(value) : String(value);
  });
}
