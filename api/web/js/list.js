// The ranked lists and the dimension filter, which the server has written already.

/** @param {import("./state.js").State} state */
export function connectList(state) {
  /** @type {NodeListOf<HTMLElement>} */
  const items = document.querySelectorAll("[data-hotspot]");
  for (const item of items) {
    const id = item.dataset.hotspot;
    item.addEventListener("click", () => state.set({ selected: state.view.selected === id ? null : id }));
    for (const start of ["pointerenter", "focus"]) item.addEventListener(start, () => state.set({ hovered: id }));
    for (const end of ["pointerleave", "blur"]) item.addEventListener(end, () => state.set({ hovered: null }));
  }
  state.on("hovered", ({ hovered }) => {
    for (const item of items) item.classList.toggle("hover", item.dataset.hotspot === hovered);
  });
  state.on("selected", ({ selected }) => {
    for (const item of items) {
      const chosen = item.dataset.hotspot === selected;
      item.setAttribute("aria-pressed", String(chosen));
      if (chosen && !narrow()) item.scrollIntoView({ block: "nearest" });
    }
  });
  connectFilter(state);
}

/** @param {import("./state.js").State} state */
function connectFilter(state) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const chips = document.querySelectorAll("a[data-dimension]");
  for (const chip of chips) {
    chip.addEventListener("click", (event) => {
      event.preventDefault();
      state.set({ dimension: chip.dataset.dimension, selected: null });
    });
  }
  state.on("dimension", ({ dimension }) => {
    for (const chip of chips) {
      if (chip.dataset.dimension === dimension) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    for (const part of document.querySelectorAll("[data-list], [data-marks]")) {
      part.toggleAttribute("hidden", (part.dataset.list ?? part.dataset.marks) !== dimension);
    }
  });
  document.getElementById("tag")?.addEventListener("change", ({ target }) => {
    const query = new URLSearchParams(new FormData(target.form));
    query.set("dimension", state.view.dimension);
    location.assign(`map?${query}`);
  });
}

/** @returns {boolean} whether list and map are stacked */
export function narrow() {
  return matchMedia("(max-width: 760px)").matches;
}
