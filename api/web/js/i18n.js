// The page's language: its messages came with the page; what has no translation stays as it is written here.

const page = JSON.parse(document.getElementById("page-data").textContent);
const language = document.documentElement.lang;

/** Digits are European in every language, as in the units beside them. */
export const locale = `${language}-u-nu-latn`;
const rules = new Intl.PluralRules(language);

/**
 * @param {string} message with {names} of values
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(message, values = {}) {
  return filled(page.messages[message] ?? message, values);
}

/**
 * @param {any} row the properties of a feature
 * @returns {string} its name in the page's language where the data have it
 */
export function nameOf(row) {
  return row[`name_${language}`] || row.name;
}

/**
 * @param {string} one the message for one
 * @param {string} other the message for several; both may name {count}
 * @param {number} count
 * @returns {string}
 */
export function plural(one, other, count) {
  const forms = page.messages[one] ?? [one, other];
  const position = page.plurals.indexOf(rules.select(count));
  return filled(forms.at(position) ?? forms.at(-1), { count: new Intl.NumberFormat(locale).format(count) });
}

function filled(message, values) {
  return message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
