// Lists another choice: the server writes the list, its controls and the picture's marks, and they are put in their places.

import { t } from "./i18n.js";
import { listedQuery, withQuery } from "./list.js";
import { markup, Refusal } from "./service.js";

const PARTS = ["choose", "list", "marks"];

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @returns {() => Promise<void>} lists what is chosen now; where that cannot be had, the choice goes back to what is listed
 */
export function connectRelist(state, page) {
  return async () => {
    const { query } = state.view;
    try {
      const answer = await markup(`map/list?${address(page, query)}`);
      if (state.view.query !== query) return;
      replace(answer);
      state.set({ found: JSON.parse(answer.getElementById("found-data").textContent) });
    } catch (error) {
      if (state.view.query !== query) return;
      document.getElementById("filter-form").reset();
      state.set({ query: listedQuery(state.view) });
      if (!(error instanceof Refusal)) throw error;
      document.getElementById("count").textContent = t("The list could not be loaded.");
    }
  };
}

function address(page, query) {
  const found = withQuery(query);
  for (const [name, value] of [["region", page.region], ["edition", page.edition], ["lang", document.documentElement.lang]]) found.set(name, value);
  return found;
}

/** Put the parts of an answer in the place of those shown; the focus stays where it was. */
function replace(answer) {
  const focused = document.activeElement?.id;
  const open = document.getElementById("filters").open;
  for (const id of PARTS) document.getElementById(id)?.replaceChildren(...answer.getElementById(id).childNodes);
  document.getElementById("filters").open ||= open;
  document.getElementById("count").textContent = answer.getElementById("count").textContent;
  const again = focused ? document.getElementById(focused) : null;
  if (again && again !== document.activeElement) again.focus();
  document.getElementById("list").scrollTop = 0;
}
