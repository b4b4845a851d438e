// The interactive map. Loaded last; the page works without it.

import * as maplibre from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { el, named } from "./dom.js";
import { number } from "./format.js";
import { t } from "./i18n.js";
import { pictureOf } from "./legend.js";
import { connectPicture } from "./picture.js";
import { connectPointer } from "./pointer.js";
import { absolute, baseStyle, tokens } from "./style.js";

const FLIGHT_MS = 700;
const CLICKABLE = ["hotspots-point", "hotspots-fill"];

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @param {(name: string) => Promise<import("./legend.js").Picture>} picture
 * @param {() => Promise<Map<string, any>>} hotspots
 * @param {(name: string) => void} showUnit shows the figures of an administrative unit
 * @returns {Promise<void>} settles when the map is drawn for the first time; rejected where WebGL is not available
 */
export async function startMap(state, page, picture, hotspots, showUnit) {
  const map = new maplibre.Map({
    container: "map",
    style: baseStyle(page, tokens()),
    bounds: page.bounds,
    fitBoundsOptions: { padding: room() },
    attributionControl: false,
    locale: {
      "Map.Title": t("Map"),
      "NavigationControl.ZoomIn": t("Zoom in"),
      "NavigationControl.ZoomOut": t("Zoom out"),
      "ScaleControl.Meters": t("m"),
      "ScaleControl.Kilometers": t("km"),
    },
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 15,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), `top-${far()}`);
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), `bottom-${far()}`);
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.on("error", ({ error }) => {
      if (error instanceof maplibre.GPUInitializationError) reject(error);
    });
  });
  document.getElementById("fallback")?.remove();
  connectRaster(map, state, page, picture);
  connectSwitches(map, state);
  connectDimension(map, state, page.tag);
  connectHotspots(map, state, hotspots);
  connectSources(map);
  connectUnits(map, showUnit);
  connectPointer(map, state, page);
  connectPicture(map, page);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour(map, page));
}

/** Free space around what is shown: beside the layer card where it is open and leaves enough of the map. */
function room() {
  const card = document.querySelector(".layers");
  const beside = card.querySelector("details").open && card.parentElement.clientWidth > 2.2 * card.offsetWidth;
  const [near, other] = beside ? [card.offsetWidth + 40, 60] : [24, 24];
  return { top: 60, bottom: 40, ...(far() === "right" ? { left: near, right: other } : { left: other, right: near }) };
}

/** The side of the map where the layer card is not. */
function far() {
  return document.dir === "rtl" ? "left" : "right";
}

function connectRaster(map, state, page, picture) {
  const draw = async ({ raster }) => {
    const about = raster === "" ? null : await picture(raster);
    if (state.view.raster !== raster) return;
    if (map.getLayer("raster")) map.removeLayer("raster");
    if (map.getSource("raster")) map.removeSource("raster");
    if (about === null) return;
    map.addSource("raster", { type: "image", url: absolute(pictureOf(page, raster)), coordinates: about.coordinates });
    map.addLayer(
      { id: "raster", type: "raster", source: "raster", paint: { "raster-opacity": state.view.opacity, "raster-resampling": "nearest", "raster-fade-duration": 0 } },
      ["admin-line", "protected-fill", "hotspots-fill"].find((id) => map.getLayer(id)),
    );
  };
  state.on("raster", draw);
  state.on("opacity", ({ opacity }) => {
    if (map.getLayer("raster")) map.setPaintProperty("raster", "raster-opacity", opacity);
  });
  draw(state.view);
}

function connectSwitches(map, state) {
  const apply = ({ shown }) => {
    for (const { id, source } of map.getStyle().layers) {
      // Land stays: without it the picture would float in the sea.
      if (source in shown && id !== "admin-fill") map.setLayoutProperty(id, "visibility", shown[source] ? "visible" : "none");
    }
  };
  state.on("shown", apply);
  apply(state.view);
}

function connectDimension(map, state, tag) {
  const carried = tag === "" ? true : ["in", `, ${tag},`, ["concat", ", ", ["coalesce", ["get", "tags"], ""], ","]];
  const apply = ({ dimension }) => {
    for (const { id, source } of map.getStyle().layers) {
      if (source === "hotspots") map.setFilter(id, ["all", ["==", ["get", "dimension"], dimension], carried]);
      if (source === "sources" && tag !== "") map.setFilter(id, carried);
    }
  };
  state.on("dimension", apply);
  apply(state.view);
}

function connectHotspots(map, state, hotspots) {
  if (!map.getSource("hotspots")) return;
  const mark = (id, name, value) => {
    for (const sourceLayer of ["hotspots", "hotspots_points"]) map.setFeatureState({ source: "hotspots", sourceLayer, id }, { [name]: value });
  };
  for (const name of ["selected", "hovered"]) {
    let marked = null;
    const apply = (view) => {
      if (marked !== null) mark(marked, name, false);
      marked = view[name];
      if (marked !== null) mark(marked, name, true);
    };
    state.on(name, apply);
    apply(state.view);
  }
  const at = (point) => map.queryRenderedFeatures(point, { layers: CLICKABLE })[0]?.properties.hotspot_id ?? null;
  map.on("click", ({ point }) => {
    const found = at(point);
    if (found !== null) state.set({ selected: found });
  });
  map.on("mousemove", ({ point }) => {
    const found = at(point);
    map.getCanvas().style.cursor = found === null ? "" : "pointer";
    state.set({ hovered: found });
  });
  map.on("mouseout", () => state.set({ hovered: null }));
  const show = async ({ selected }) => {
    const bounds = selected === null ? null : (await hotspots()).get(selected)?.bounds;
    if (bounds && state.view.selected === selected) {
      map.resize();
      map.fitBounds(bounds, { padding: room(), maxZoom: 12, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FLIGHT_MS });
    }
  };
  state.on("selected", show);
  show(state.view);
}

/** A click beside every hotspot shows the unit there. */
function connectUnits(map, showUnit) {
  if (!map.getSource("admin")) return;
  map.on("click", ({ point }) => {
    if (map.getSource("hotspots") && map.queryRenderedFeatures(point, { layers: CLICKABLE }).length > 0) return;
    const unit = map.queryRenderedFeatures(point, { layers: ["admin-fill"] })[0];
    if (unit?.properties.name) showUnit(unit.properties.name);
  });
}

function connectSources(map) {
  describe(map, "sources", ({ features }) => {
    const { name, kind, sector, status, releases_assessed: assessed, transboundary } = features[0].properties;
    const data = [kind ?? sector, status].filter(Boolean).join(" · ");
    const about = [transboundary ? t("across the border") : null, assessed ? null : t("releases not assessed")].filter(Boolean);
    return el("div", {}, el("strong", {}, name ? named(name) : t("Unnamed source")), el("br"), el("span", { lang: "en", dir: "auto" }, data), ...about.map((text) => ` · ${text}`));
  });
  describe(map, "observations", ({ features }) => {
    const station = features.filter(({ properties }) => properties.station_id === features[0].properties.station_id);
    const lines = station.map(({ properties: { pollutant_name: pollutant, value, unit, exceedance_ratio: ratio } }) =>
      el("div", {}, named(`${pollutant} ${number(value)} ${unit}`), ratio === undefined ? "" : ` · ${t("{ratio} times the standard", { ratio: number(ratio) })}`));
    return el("div", {}, el("strong", {}, named(features[0].properties.name)), ...lines);
  });
}

/** Tell of the points under the pointer what `content` makes of them. */
function describe(map, source, content) {
  if (!map.getSource(source)) return;
  const popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, offset: 10 });
  map.on("mousemove", `${source}-point`, (event) => popup.setLngLat(event.lngLat).setDOMContent(content(event)).addTo(map));
  map.on("mouseleave", `${source}-point`, () => popup.remove());
}

/** Give every layer the colours of the other scheme. */
function recolour(map, page) {
  for (const { id, paint } of baseStyle(page, tokens()).layers) {
    for (const [name, value] of Object.entries(paint ?? {})) if (map.getLayer(id)) map.setPaintProperty(id, name, value);
  }
}
