// The layer switch, its legend, and the plain picture that stands in for the map.

import { el, swatch, told } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{ coordinates: number[][], classes: { colour: string }[] }} Picture */

/**
 * @param {import("./state.js").State} state
 * @param {(name: string) => Promise<Picture>} picture
 * @param {any} page
 */
export function connectLegend(state, picture, page) {
  const choice = document.getElementById("raster");
  choice?.addEventListener("change", () => state.set({ raster: choice.value }));
  document.getElementById("opacity")?.addEventListener("input", ({ target }) => state.set({ opacity: target.value / 100 }));
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => state.set({ shown: { ...state.view.shown, [box.dataset.layer]: box.checked } }));
  }
  const show = async ({ raster }) => {
    const legend = document.getElementById("legend");
    showPicture(page, raster);
    if (raster === "") return legend.replaceChildren();
    const about = await picture(raster);
    if (state.view.raster === raster) legend.replaceChildren(...entries(about, layer(page, raster)));
  };
  state.on("raster", show);
  if (choice && choice.value !== state.view.raster) {
    // A change is shown first where there is one; the server has written the legend of the first layer.
    choice.value = state.view.raster;
    show(state.view);
  }
  if (matchMedia("(max-width: 760px)").matches) document.getElementById("layers-box").open = false;
}

function showPicture(page, raster) {
  const image = document.getElementById("picture");
  if (!image) return;
  image.hidden = raster === "";
  if (raster !== "") {
    image.src = pictureOf(page, raster);
    image.alt = `${t("Picture of the layer")}: ${layer(page, raster).title}`;
  }
}

/** The address of a layer's picture; that of a change lies with the comparison. */
export function pictureOf(page, raster) {
  return layer(page, raster).picture ?? `${page.files}pictures/${raster}.png`;
}

/** What the page says of a raster, in its language. */
function layer(page, raster) {
  return page.rasters.find(({ name }) => name === raster);
}

/**
 * @param {Picture} about
 * @param {any} words
 */
function entries(about, words) {
  const classes = about.classes.map(({ colour }, position) => el("li", {}, swatch(colour), el("bdi", {}, words.labels[position])));
  const none = el("li", {}, el("span", { class: "hatch", "aria-hidden": "true" }), t("not assessed (nothing drawn)"));
  return [
    el("p", { class: "legend-title" }, words.title, " ", el("span", { class: "quiet" }, words.unit)),
    el("ul", {}, ...classes, none),
    el("p", { class: "quiet" }, told(words.meaning)),
    el("p", { class: "quiet" }, t("Classes"), ": ", told(words.basis)),
  ];
}
