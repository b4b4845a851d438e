// The layer switch, its legend, and the plain picture that stands in for the map.

import { el, swatch } from "./dom.js";

/** @typedef {{ title: string, unit: string, meaning: string, basis: string, standard: string | null, coordinates: number[][], classes: { colour: string, label: string }[] }} Picture */

/**
 * @param {import("./state.js").State} state
 * @param {(name: string) => Promise<Picture>} picture
 * @param {any} page
 */
export function connectLegend(state, picture, page) {
  const choice = document.getElementById("raster");
  choice?.addEventListener("change", () => state.set({ raster: choice.value }));
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => state.set({ shown: { ...state.view.shown, [box.dataset.layer]: box.checked } }));
  }
  state.on("raster", async ({ raster }) => {
    const legend = document.getElementById("legend");
    showPicture(page, raster);
    if (raster === "") return legend.replaceChildren();
    const about = await picture(raster);
    if (state.view.raster === raster) legend.replaceChildren(...entries(about));
  });
  if (matchMedia("(max-width: 760px)").matches) document.getElementById("layers-box").open = false;
}

function showPicture(page, raster) {
  const image = document.getElementById("picture");
  if (!image) return;
  image.hidden = raster === "";
  if (raster !== "") {
    image.src = `${page.files}pictures/${raster}.png`;
    image.alt = `Picture of ${raster.replaceAll("_", " ")}`;
  }
}

/** @param {Picture} about */
function entries(about) {
  const classes = about.classes.map(({ colour, label }) => el("li", {}, swatch(colour), label));
  const none = el("li", {}, el("span", { class: "hatch", "aria-hidden": "true" }), "not assessed (nothing drawn)");
  return [
    el("p", { class: "legend-title" }, about.title, " ", el("span", { class: "quiet" }, about.unit)),
    el("ul", {}, ...classes, none),
    el("p", { class: "quiet" }, `${about.meaning} Classes: ${about.basis}.`),
  ];
}
