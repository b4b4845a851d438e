// The interactive map. Loaded last; the page works without it.

import * as maplibre from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { pictureOf } from "./legend.js";
import { absolute, baseStyle, HATCH, hatch, tokens } from "./style.js";

const FLIGHT_MS = 700;
/** Of the map's width and height that one press moves it. */
const STEP = 0.25;
/** Layers that no switch hides: without land the picture would float in the sea. */
const LAND = ["admin-fill", "admin-hatch"];
const CLICKABLE = ["hotspots-point", "hotspots-fill"];

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @param {{ showUnit: (name: string) => void, showArea: (geometry: object) => void }} figures of a unit, or of an area
 * @returns {Promise<void>} settles when the map is drawn for the first time; rejected where WebGL is not available
 */
export async function startMap(state, page, figures) {
  const map = new maplibre.Map({
    container: "map",
    style: baseStyle(page, tokens(), state.view.shown),
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
  map.addControl(new PanControl(), `top-${far()}`);
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), `bottom-${far()}`);
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.on("error", ({ error }) => {
      if (error instanceof maplibre.GPUInitializationError) reject(error);
    });
  });
  document.getElementById("fallback")?.remove();
  map.addImage(HATCH, hatch(tokens()));
  connectRaster(map, state, page);
  connectSwitches(map, state);
  connectFound(map, state);
  connectHotspots(map, state, page);
  connectUnits(map, state, page, figures);
  state.on("drawing", async ({ drawing }) => {
    if (drawing) (await import("./draw.js")).drawArea(map, state, figures.showArea);
  });
  connectSaving(map, page);
  map.once("mousemove", async (event) => {
    const { connectPointer } = await import("./pointer.js");
    connectPointer(map, state, page);
    // The pointer may rest where it is.
    map.fire(event);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour(map, page));
}

/** Free space around what is shown: beside the layer card where it lies on the map and leaves enough of it. */
function room() {
  const card = document.querySelector(".layers");
  const beside = getComputedStyle(card).position === "absolute" && card.parentElement.clientWidth > 2.2 * card.offsetWidth;
  const [near, other] = beside ? [card.offsetWidth + 40, 60] : [24, 24];
  return { top: 60, bottom: 40, ...(far() === "right" ? { left: near, right: other } : { left: other, right: near }) };
}

/** The side of the map where the layer card is not. */
function far() {
  return document.dir === "rtl" ? "left" : "right";
}

function connectSaving(map, page) {
  const button = document.getElementById("save-picture");
  button.hidden = false;
  button.addEventListener("click", async () => (await import("./picture.js")).savePicture(map, page));
}

function connectRaster(map, state, page) {
  const draw = ({ raster }) => {
    for (const id of ["raster", "raster-ground"]) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource("raster")) map.removeSource("raster");
    if (map.getLayer("admin-hatch")) map.setLayoutProperty("admin-hatch", "visibility", raster === "" ? "none" : "visible");
    if (raster === "") return;
    map.addSource("raster", { type: "image", url: absolute(pictureOf(page, raster)), coordinates: page.corners });
    const above = ["admin-line", "protected-fill", "hotspots-fill"].find((id) => map.getLayer(id));
    const paint = { "raster-resampling": "nearest", "raster-fade-duration": 0 };
    // Data that let through what is below still hide the hatch: it would say that they are not assessed.
    const ground = matchMedia("(prefers-color-scheme: dark)").matches ? 0.2 : 0.96;
    map.addLayer({ id: "raster-ground", type: "raster", source: "raster", paint: { ...paint, "raster-saturation": -1, "raster-brightness-min": ground, "raster-brightness-max": ground } }, above);
    map.addLayer({ id: "raster", type: "raster", source: "raster", paint: { ...paint, "raster-opacity": state.view.opacity } }, above);
  };
  state.on("raster", draw);
  state.on("opacity", ({ opacity }) => {
    if (map.getLayer("raster")) map.setPaintProperty("raster", "raster-opacity", opacity);
  });
  draw(state.view);
}

/** Layers of the map that belong to a switch, with its name. */
function grouped(map) {
  return map.getStyle().layers.filter(({ metadata }) => metadata?.group).map(({ id, metadata }) => [id, metadata.group]);
}

function connectSwitches(map, state) {
  const apply = ({ shown }) => {
    for (const [id, group] of grouped(map)) {
      if (!LAND.includes(id)) map.setLayoutProperty(id, "visibility", shown[group] ? "visible" : "none");
    }
  };
  state.on("shown", apply);
  apply(state.view);
}

/** Only the hotspots that are listed, with the ranks they are listed by, and sources that carry the same tag. */
function connectFound(map, state) {
  const apply = ({ found: { dimension, tag, ranks } }) => {
    const id = ["get", "hotspot_id"];
    const listed = ranks === null ? ["==", ["get", "dimension"], dimension] : ["has", id, ["literal", ranks]];
    const rank = ranks === null ? ["get", "rank"] : ["get", id, ["literal", ranks]];
    const carried = tag === "" ? null : ["in", `, ${tag},`, ["concat", ", ", ["coalesce", ["get", "tags"], ""], ","]];
    for (const [layer, group] of grouped(map)) {
      if (group === "hotspots") map.setFilter(layer, listed);
      if (group === "sources") map.setFilter(layer, carried);
    }
    if (!map.getLayer("hotspots-label")) return;
    map.setLayoutProperty("hotspots-label", "text-field", ["to-string", rank]);
    map.setLayoutProperty("hotspots-label", "symbol-sort-key", ["coalesce", rank, 1e6]);
    map.setLayoutProperty("hotspots-point", "circle-sort-key", ["-", 0, ["coalesce", rank, 1e6]]);
  };
  state.on("found", apply);
  apply(state.view);
}

function connectHotspots(map, state, page) {
  const source = map.getLayer("hotspots-point")?.source;
  if (!source) return;
  const mark = (id, name, value) => {
    for (const sourceLayer of ["hotspots", "hotspots_points"]) map.setFeatureState({ source, sourceLayer, id }, { [name]: value });
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
  const onSource = (point) => map.getLayer("sources-point") && map.queryRenderedFeatures(point, { layers: ["sources-point"] }).length > 0;
  map.on("click", ({ point }) => {
    const found = state.view.drawing || onSource(point) ? null : at(point);
    if (found !== null) state.set({ selected: found });
  });
  map.on("mousemove", ({ point }) => {
    const found = at(point);
    map.getCanvas().style.cursor = found === null ? "" : "pointer";
    state.set({ hovered: found });
  });
  map.on("mouseout", () => state.set({ hovered: null }));
  const show = async ({ selected }) => {
    if (selected === null) return;
    const { hotspot } = await import("./service.js");
    // The panel makes the map narrower: it opens first.
    await import("./why.js");
    const found = await hotspot(page, selected).catch(() => null);
    if (found !== null && state.view.selected === selected) {
      map.resize();
      map.fitBounds(found.bounds, { padding: room(), maxZoom: 12, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FLIGHT_MS });
    }
  };
  state.on("selected", show);
  show(state.view);
}

/** A click on a source tells of it; one beside every source and hotspot shows the unit there. */
function connectUnits(map, state, page, { showUnit }) {
  const at = (point, layers) => map.queryRenderedFeatures(point, { layers: layers.filter((id) => map.getLayer(id)) })[0];
  map.on("click", async ({ point, lngLat }) => {
    if (state.view.drawing) return;
    const source = at(point, ["sources-point"]);
    if (source) return (await import("./pointer.js")).openSource(map, page, lngLat, source);
    if (at(point, CLICKABLE)) return;
    const unit = at(point, ["admin-fill"]);
    if (unit?.properties.name) showUnit(unit.properties.name);
  });
}

/** Give every layer the colours of the other scheme. */
function recolour(map, page) {
  for (const { id, paint } of baseStyle(page, tokens(), {}).layers) {
    for (const [name, value] of Object.entries(paint ?? {})) if (map.getLayer(id)) map.setPaintProperty(id, name, value);
  }
  map.updateImage(HATCH, hatch(tokens()));
}

/** A control of the map library: four buttons that move the view as dragging does, without dragging. */
class PanControl {
  onAdd(map) {
    const ways = [
      ["↑", t("Move the view up"), 0, -STEP],
      ["←", t("Move the view left"), -STEP, 0],
      ["→", t("Move the view right"), STEP, 0],
      ["↓", t("Move the view down"), 0, STEP],
    ];
    this.box = el("div", { class: "maplibregl-ctrl maplibregl-ctrl-group pan", dir: "ltr" });
    for (const [sign, title, x, y] of ways) {
      const button = el("button", { type: "button", title, "aria-label": title }, el("span", { "aria-hidden": "true" }, sign));
      button.addEventListener("click", () => {
        const { clientWidth, clientHeight } = map.getContainer();
        map.panBy([x * clientWidth, y * clientHeight], { essential: false });
      });
      this.box.append(button);
    }
    return this.box;
  }

  onRemove() {
    this.box.remove();
  }
}
