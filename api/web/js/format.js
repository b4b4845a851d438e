// How numbers are written.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/**
 * @param {number | null | undefined} value
 * @returns {string} three significant digits, whole above 100; a dash for none
 */
export function number(value) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && Math.abs(value) < 0.001) return scientific(value);
  const text = Math.abs(value) >= 100 ? whole.format(value) : fine.format(value);
  return text.replaceAll(",", "\u202f");
}

/**
 * @param {number} share 0 to 1
 * @returns {string}
 */
export function percent(share) {
  const value = 100 * share;
  return value > 0 && value < 1 ? "< 1 %" : `${whole.format(value)} %`;
}

/** @param {number} value */
function scientific(value) {
  const [digits, exponent] = value.toExponential(1).split("e");
  const raised = [...String(Number(exponent))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
  return `${digits} × 10${raised.join("")}`;
}
