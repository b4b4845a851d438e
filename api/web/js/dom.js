// Building elements: text is always set as text, so that no value of the data can become markup.

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null>} [attributes] null and false leave an attribute out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * @param {{ text: string, lang: string } | null} said free text with its language
 * @returns {HTMLElement | null}
 */
export function told(said) {
  return said && el("span", { lang: said.lang, dir: "auto" }, said.text);
}

/**
 * @param {string} text a name of the data: kept from translation, and from the direction of what surrounds it
 * @returns {HTMLElement}
 */
export function named(text) {
  return el("bdi", { translate: "no" }, text);
}

/**
 * @param {string} colour
 * @returns {SVGElement} a square of the legend
 */
export function swatch(colour) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const rect = document.createElementNS(space, "rect");
  for (const [name, value] of Object.entries({ width: "14", height: "14", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ width: "14", height: "14", rx: "3", fill: colour })) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}
