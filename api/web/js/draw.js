// Drawing an area: a click a corner, until a double click or Enter.

import { GeoJSONSource } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { tokens } from "./style.js";

const ID = "drawn";

/**
 * @param {any} map
 * @param {import("./state.js").State} state drawing ends with its "drawing" set to false
 * @param {(geometry: object) => void} showArea gets the polygon
 */
export function drawArea(map, state, showArea) {
  const corners = [];
  prepare(map);
  map.doubleClickZoom.disable();
  map.getCanvas().style.cursor = "crosshair";
  map.getCanvas().focus();
  const listeners = new AbortController();
  const add = ({ lngLat }) => {
    const last = corners.at(-1);
    // The second click of a double click falls on the first.
    if (last?.[0] !== lngLat.lng || last?.[1] !== lngLat.lat) corners.push([lngLat.lng, lngLat.lat]);
    show(map, corners);
  };
  const end = (event) => {
    event?.preventDefault();
    if (corners.length < 3) return;
    stop();
    showArea(polygon(corners));
  };
  const cancel = () => {
    corners.length = 0;
    show(map, corners);
    stop();
  };
  const stop = () => {
    listeners.abort();
    map.off("click", add);
    map.off("dblclick", end);
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = "";
    // The click that ended it is none on a unit.
    setTimeout(() => state.set({ drawing: false }));
  };
  map.on("click", add);
  map.on("dblclick", end);
  const keys = { Enter: end, Escape: cancel, Backspace: () => show(map, (corners.pop(), corners)) };
  addEventListener("keydown", (event) => keys[event.key]?.(event), { signal: listeners.signal });
}

function polygon(corners) {
  return { type: "Polygon", coordinates: [[...corners, corners[0]]] };
}

function show(map, corners) {
  const shape = corners.length > 2 ? polygon(corners) : { type: "LineString", coordinates: corners };
  const points = { type: "MultiPoint", coordinates: corners };
  const features = corners.length > 0 ? [points, ...(corners.length > 1 ? [shape] : [])] : [];
  const source = map.getSource(ID);
  if (source instanceof GeoJSONSource) source.setData({ type: "FeatureCollection", features: features.map((geometry) => ({ type: "Feature", properties: {}, geometry })) });
}

function prepare(map) {
  if (!map.getSource(ID)) {
    const colour = tokens()("--accent");
    map.addSource(ID, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: `${ID}-fill`, type: "fill", source: ID, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.15 } });
    map.addLayer({ id: `${ID}-line`, type: "line", source: ID, paint: { "line-color": colour, "line-width": 2.5 } });
    map.addLayer({ id: `${ID}-point`, type: "circle", source: ID, filter: ["==", ["geometry-type"], "MultiPoint"], paint: { "circle-color": colour, "circle-radius": 5 } });
  }
  show(map, []);
}
