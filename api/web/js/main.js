// Starts the page: list and "why" at once, the map when it is there.

import { connectAddress } from "./address.js";
import { connectArea } from "./area.js";
import { t } from "./i18n.js";
import { connectLegend } from "./legend.js";
import { connectList } from "./list.js";
import { State } from "./state.js";
import { connectWhy } from "./why.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const state = new State({
  dimension: page.dimension,
  selected: null,
  hovered: null,
  raster: document.querySelector("[data-change]")?.value ?? page.rasters[0]?.name ?? "",
  opacity: 0.82,
  shown: { hotspots: true, sources: true, admin: true, protected: false, observations: false },
});

document.documentElement.classList.add("scripted");
document.getElementById("region").addEventListener("change", (event) => {
  const query = new URLSearchParams(location.search);
  const lang = query.has("lang") ? { lang: query.get("lang") } : {};
  location.assign(`map?${new URLSearchParams({ region: event.target.value, ...lang })}`);
});
document.getElementById("language").addEventListener("change", (event) => {
  const query = new URLSearchParams(location.search);
  query.set("lang", event.target.value);
  location.assign(`map?${query}${location.hash}`);
});
for (const choice of document.querySelectorAll("[data-parameter]")) {
  choice.addEventListener("change", () => {
    const query = new URLSearchParams(location.search);
    query.set(choice.name, choice.value);
    // Another edition has been compared with others.
    if (choice.name === "edition") query.delete("compare");
    location.assign(`map?${new URLSearchParams([...query].filter(([, value]) => value !== ""))}${location.hash}`);
  });
}
const pictures = once(picture);
const details = once(hotspots);
connectList(state);
connectLegend(state, pictures, page);
const showUnit = connectArea(page);
connectWhy(state, page, details);
connectAddress(state);
drawMap();

/** @returns {Promise<Map<string, any>>} properties and bounds of every hotspot by its id */
async function hotspots() {
  const { features } = await json("vectors/hotspots.geojson");
  return new Map(features.map(({ properties, geometry }) => [properties.hotspot_id, { ...properties, bounds: boundsOf(geometry) }]));
}

/** @param {string} name */
async function picture(name) {
  return page.rasters.find((layer) => layer.name === name)?.about ?? json(`pictures/${name}.json`);
}

/** @param {string} path a file of the edition */
async function json(path) {
  const response = await fetch(page.files + path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/**
 * @template T
 * @param {(key?: string) => Promise<T>} load
 * @returns {(key?: string) => Promise<T>} the same, loading each key once; what failed is tried again
 */
function once(load) {
  const kept = new Map();
  return (key) => {
    if (!kept.has(key)) {
      kept.set(key, load(key));
      kept.get(key).catch(() => kept.delete(key));
    }
    return kept.get(key);
  };
}

/** @returns {[number, number, number, number]} west, south, east, north */
function boundsOf(geometry) {
  const points = geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1);
  const [lon, lat] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

/** Show the interactive map, or say why only its picture is shown. */
async function drawMap() {
  try {
    if (!document.createElement("canvas").getContext("webgl2")) throw new Error(t("this browser shows no WebGL graphics"));
    const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "web/vendor/maplibre-gl/maplibre-gl.css" });
    document.head.prepend(styles);
    const { startMap } = await import("./map.js");
    await startMap(state, page, pictures, details, showUnit);
    document.documentElement.dataset.map = "ready";
  } catch (error) {
    const notice = document.getElementById("map-notice");
    notice.textContent = t("The interactive map is not available ({reason}). List, picture and downloads work without it.", { reason: error.message });
    notice.hidden = false;
    document.documentElement.dataset.map = "picture";
  }
}
