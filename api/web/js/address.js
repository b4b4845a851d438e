// Keeps what is chosen in the page's address: it can be sent to someone, and Back undoes the last choice.

import { queryOf, withQuery } from "./list.js";

const PREFIX = "#hotspot=";

/** @param {import("./state.js").State} state */
export function connectAddress(state) {
  let asked = false;
  const remember = () => {
    if (asked) return;
    asked = true;
    // One choice may change several things: the address changes once, when all have.
    queueMicrotask(() => {
      asked = false;
      const address = addressOf(state.view);
      if (address !== current()) history.pushState(null, "", address);
    });
  };
  state.on("query", remember);
  state.on("selected", remember);
  addEventListener("popstate", () => restore(state));
  restore(state);
}

/** @param {import("./state.js").View} view */
function addressOf({ query, selected }) {
  const whole = query === queryOf(new URLSearchParams(location.search)) ? location.search : `?${withQuery(query)}`;
  return location.pathname + (whole === "?" ? "" : whole) + (selected === null ? "" : PREFIX + encodeURIComponent(selected));
}

/** The address as `addressOf` writes it: a place on the page is no choice. */
function current() {
  return location.pathname + location.search + (location.hash.startsWith(PREFIX) ? location.hash : "");
}

/** @param {import("./state.js").State} state */
function restore(state) {
  const selected = location.hash.startsWith(PREFIX) ? decodeURIComponent(location.hash.slice(PREFIX.length)) : null;
  state.set({ query: queryOf(new URLSearchParams(location.search)), selected });
}
