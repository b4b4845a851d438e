// Comparing two editions that have not been compared yet; the service keeps what it finds.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { answer, Refusal } from "./service.js";

/**
 * @param {any} page
 * @param {string} before an edition published before the one that is shown
 * @returns {Promise<boolean>} whether the two are compared now; a refusal is told in the service's words
 */
export async function compareNow(page, before) {
  const status = document.getElementById("comparing");
  status.textContent = t("The two editions are being compared. This takes some seconds.");
  try {
    await answer(`regions/${page.region}/editions/${page.edition}/changes/${before}`, { method: "POST", headers: { Accept: "application/json" } });
    return true;
  } catch (error) {
    status.textContent = "";
    if (!(error instanceof Refusal)) throw error;
    status.replaceChildren(el("span", { lang: "en", dir: "ltr" }, error.message));
    return false;
  }
}
