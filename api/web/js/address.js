// Keeps what is chosen in the page's address: it can be sent to someone, and Back undoes the last choice.

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
  state.on("dimension", remember);
  state.on("selected", remember);
  addEventListener("popstate", () => restore(state));
  restore(state);
}

/** @param {import("./state.js").View} view */
function addressOf({ dimension, selected }) {
  const query = new URLSearchParams(location.search);
  if (query.get("dimension") !== dimension && (query.has("dimension") || dimension !== "all")) query.set("dimension", dimension);
  const text = query.size ? `?${query}` : "";
  return location.pathname + text + (selected === null ? "" : PREFIX + encodeURIComponent(selected));
}

/** The address as `addressOf` writes it: a place on the page is no choice. */
function current() {
  return location.pathname + location.search + (location.hash.startsWith(PREFIX) ? location.hash : "");
}

/** @param {import("./state.js").State} state */
function restore(state) {
  const dimension = new URLSearchParams(location.search).get("dimension") ?? "all";
  const selected = location.hash.startsWith(PREFIX) ? decodeURIComponent(location.hash.slice(PREFIX.length)) : null;
  const listed = document.querySelector(`a[data-dimension="${CSS.escape(dimension)}"]`) !== null;
  state.set({ dimension: listed ? dimension : "all", selected });
}
