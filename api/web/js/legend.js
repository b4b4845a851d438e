// The layer switch, its legend, and the plain picture that stands in for the map.

import { el, swatch, told } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 */
export function connectLegend(state, page) {
  const choice = document.getElementById("raster");
  choice?.addEventListener("change", () => state.set({ raster: choice.value }));
  document.getElementById("opacity")?.addEventListener("input", ({ target }) => state.set({ opacity: target.value / 100 }));
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => state.set({ shown: { ...state.view.shown, [box.dataset.layer]: box.checked } }));
  }
  const show = ({ raster }) => {
    showPicture(page, raster);
    document.getElementById("legend").replaceChildren(...(raster === "" ? [] : entries(layer(page, raster))));
    document.getElementById("legend-about").replaceChildren(...(raster === "" ? [] : about(layer(page, raster))));
  };
  state.on("raster", show);
  if (choice && choice.value !== state.view.raster) {
    // A change is shown first where there is one; the server has written the legend of the first layer.
    choice.value = state.view.raster;
    show(state.view);
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard?.writeText(button.dataset.copy).then(() => true, () => false);
      button.textContent = done ? t("Copied") : t("Copying is not allowed here");
    });
  }
  if (matchMedia("(max-width: 64em)").matches) document.getElementById("layers-box").open = false;
}

function showPicture(page, raster) {
  const image = document.getElementById("picture");
  if (!image) return;
  image.toggleAttribute("hidden", raster === "");
  if (raster !== "") {
    image.setAttribute("href", pictureOf(page, raster));
    image.parentElement.setAttribute("aria-label", `${t("Picture of the layer")}: ${layer(page, raster).title}`);
  }
}

/** The address of a layer's picture; that of a change lies with the comparison. */
export function pictureOf(page, raster) {
  return layer(page, raster).picture ?? `${page.files}pictures/${raster}.webp`;
}

/** What the page says of a raster, in its language. */
function layer(page, raster) {
  return page.rasters.find(({ name }) => name === raster);
}

/**
 * @param {any} words
 */
function entries(words) {
  const classes = words.classes.map(({ colour, label }) => el("li", {}, swatch(colour), el("bdi", {}, label)));
  const none = el("li", {}, el("span", { class: "hatch", "aria-hidden": "true" }), t("not assessed"));
  return [
    el("p", { class: "legend-title" }, words.title, " ", el("span", { class: "quiet" }, words.unit)),
    el("ul", {}, ...classes, none),
  ];
}

function about({ meaning, basis }) {
  return [el("p", { class: "quiet" }, told(meaning)), el("p", { class: "quiet" }, t("Classes"), ": ", told(basis))];
}
