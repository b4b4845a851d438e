// "Report an error in this facility": a message to the dataset's contact, written as far as it can be.

import { el } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {any} page
 * @param {{ id: string, name: string }} source
 * @returns {HTMLElement} a link to the dataset's contact or, where none is known, words that say so
 */
export function errorLink(page, { id, name }) {
  const dataset = id.split(":")[0];
  const contact = page.contacts[dataset];
  if (contact === undefined) return el("span", { class: "quiet" }, t("No contact is published for this dataset."));
  const words = t("Report an error in this facility");
  if (!contact.includes("@")) return el("a", { href: safe(contact), rel: "noopener" }, words);
  const subject = `${t("Report an error in this facility")}: ${name} (${id})`;
  const facts = [[t("Identifier"), id], [t("Dataset"), dataset], [t("Edition"), page.edition], [t("Address"), location.href]];
  const body = `${facts.map(([term, value]) => `${term}: ${value}`).join("\n")}\n\n${t("What is wrong, and how do you know?")}\n`;
  // Not URLSearchParams: mail programs do not read its plus signs as spaces (RFC 6068, 5).
  const query = Object.entries({ subject, body }).map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  return el("a", { href: `mailto:${encodeURIComponent(contact).replaceAll("%40", "@")}?${query}` }, words);
}

/** The address of a page; of anything else, nothing that a click could run. */
function safe(address) {
  return /^https?:\/\//.test(address) ? address : null;
}
