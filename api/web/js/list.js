// The ranked list and what it is chosen by: the server writes both, and writes them anew for another choice.

/** The parameters of a choice, in the order that addresses have them. */
const PARAMETERS = ["dimension", "tag", "label", "confidence", "unit", "rule"];

/** @param {import("./state.js").State} state */
export function connectList(state) {
  connectItems(state);
  connectControls(state);
}

/**
 * @param {URLSearchParams | FormData} entries
 * @returns {string} the choice in them, as addresses have it; every choice has one text
 */
export function queryOf(entries) {
  const known = PARAMETERS.map((name) => [name, entries.get(name) ?? ""]);
  return String(new URLSearchParams(known.filter(([name, value]) => value !== "" && !(name === "dimension" && value === "all"))));
}

/**
 * @param {import("./state.js").View} view
 * @returns {string} the choice that is listed
 */
export function listedQuery({ found }) {
  return queryOf(new URLSearchParams(found.query));
}

/**
 * @param {string} query
 * @returns {URLSearchParams} the page's address with another choice
 */
export function withQuery(query) {
  const found = new URLSearchParams(location.search);
  for (const name of PARAMETERS) found.delete(name);
  for (const [name, value] of new URLSearchParams(query)) found.append(name, value);
  return found;
}

/** @param {import("./state.js").State} state */
function connectItems(state) {
  const list = document.getElementById("list");
  /** @returns {string | null} the hotspot whose item something happens on */
  const at = ({ target }) => target.closest("[data-hotspot]")?.dataset.hotspot ?? null;
  list.addEventListener("click", (event) => {
    const id = at(event);
    if (id !== null) state.set({ selected: state.view.selected === id ? null : id });
  });
  for (const start of ["pointerover", "focusin"]) list.addEventListener(start, (event) => state.set({ hovered: at(event) }));
  for (const end of ["pointerleave", "focusout"]) list.addEventListener(end, () => state.set({ hovered: null }));
  const items = () => list.querySelectorAll("[data-hotspot]");
  state.on("hovered", ({ hovered }) => {
    for (const item of items()) item.classList.toggle("hover", item.dataset.hotspot === hovered);
  });
  const mark = ({ selected }) => {
    for (const item of items()) {
      const chosen = item.dataset.hotspot === selected;
      item.setAttribute("aria-pressed", String(chosen));
      if (chosen && !narrow()) item.scrollIntoView({ block: "nearest" });
    }
  };
  state.on("selected", mark);
  state.on("found", mark);
}

/** @param {import("./state.js").State} state */
function connectControls(state) {
  const choose = (query) => state.set({ query, selected: null });
  const form = () => new FormData(document.getElementById("filter-form"));
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dimension], a[data-clear]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(queryOf(new URL(link.href).searchParams));
  });
  document.getElementById("choose").addEventListener("change", () => choose(queryOf(form())));
  document.getElementById("choose").addEventListener("submit", (event) => {
    event.preventDefault();
    choose(queryOf(form()));
  });
}

/** @returns {boolean} whether list and map are stacked */
export function narrow() {
  return matchMedia("(max-width: 760px)").matches;
}
