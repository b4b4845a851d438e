// How numbers are written.

import { locale, t } from "./i18n.js";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const one = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/**
 * @param {number | null | undefined} value
 * @returns {string} three significant digits, whole above 100; a dash for none
 */
export function number(value) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && Math.abs(value) < 0.001) return scientific(value);
  return Math.abs(value) >= 100 ? whole.format(value) : fine.format(value);
}

/**
 * @param {number | null} value
 * @param {string} unit "1" where it is a plain number
 * @returns {string}
 */
export function measured(value, unit) {
  if (value === null) return t("not assessed");
  return unit === "1" ? number(value) : `${number(value)} ${unit}`;
}

/**
 * @param {number} share 0 to 1
 * @returns {string}
 */
export function percent(share) {
  const value = 100 * share;
  return value > 0 && value < 1 ? "< 1 %" : `${whole.format(value)} %`;
}

/**
 * @param {number} share a change
 * @returns {string} with its sign; none where it is 0
 */
export function signedPercent(share) {
  return (share > 0 ? "+" : share < 0 ? "−" : "") + percent(Math.abs(share));
}

/** @param {number} value */
function scientific(value) {
  const [digits, exponent] = value.toExponential(1).split("e");
  const raised = [...String(Number(exponent))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
  return `${one.format(Number(digits))} × 10${raised.join("")}`;
}
