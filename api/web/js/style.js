// The map's style: colours come from the page's design tokens, so that it follows light and dark.

/** @returns {(name: string) => string} reads a colour token */
export function tokens() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/**
 * @param {any} page
 * @param {(name: string) => string} token
 * @param {Record<string, boolean>} shown what is not is not even loaded
 */
export function baseStyle(page, token, shown) {
  const sources = {};
  const layers = [{ id: "sea", type: "background", paint: { "background-color": token("--map-sea") } }];
  for (const { layers: [...groups], url, bounds, maxzoom } of page.tiles) {
    const promoteId = groups.includes("hotspots") ? { promoteId: { hotspots: "hotspot_id", hotspots_points: "hotspot_id" } } : {};
    sources[groups[0]] = { type: "vector", tiles: [absolute(url)], bounds, maxzoom, ...promoteId };
    for (const group of groups) layers.push(...LAYERS[group](token, page).map((layer) => of(groups[0], group, layer, shown)));
  }
  return { version: 8, sources, layers: inOrder(layers) };
}

/** A layer of `source` that the switch of `group` turns on and off; land stays, else the picture would float in the sea. */
function of(source, group, layer, shown) {
  // The hatch waits for its pattern, and for a raster that it can lie under.
  const hidden = layer.id === "admin-hatch" || (shown[group] === false && layer.id !== "admin-fill");
  const layout = { ...layer.layout, visibility: hidden ? "none" : "visible" };
  return { "source-layer": group, ...layer, source, layout, metadata: { group } };
}

/** Name of the pattern of what is not assessed. */
export const HATCH = "not-assessed";

/** Order of drawing; the raster goes in before "admin-line". */
const ORDER = ["sea", "admin-fill", "admin-hatch", "admin-line", "admin-disputed", "protected-fill", "protected-line", "hotspots-fill", "hotspots-casing", "hotspots-line", "sources-point", "river_mouths-point", "observations-point", "hotspots-point", "admin-label", "hotspots-label"];

/** Layers of each group, by default of the tiles' layer of its name. */
const LAYERS = {
  admin: (token, page) => [
    { id: "admin-fill", type: "fill", paint: { "fill-color": token("--map-land") } },
    { id: "admin-hatch", type: "fill", paint: { "fill-pattern": HATCH } },
    ...boundaries(token, page.disputed),
    { id: "admin-label", type: "symbol", "source-layer": "admin_points", minzoom: 6,
      layout: { "text-field": ["coalesce", ["get", page.localName ?? "name"], ["get", "name"]], "text-font": ["sans-serif"], "text-size": 12, "text-max-width": 8, "text-padding": 6 },
      paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.4 } },
  ],
  protected: (token) => [
    { id: "protected-fill", type: "fill", paint: { "fill-color": token("--map-protected"), "fill-opacity": 0.15 } },
    { id: "protected-line", type: "line", paint: { "line-color": token("--map-protected"), "line-width": 1.4, "line-dasharray": [3, 2] } },
  ],
  hotspots: (token) => [
    { id: "hotspots-fill", type: "fill", paint: { "fill-color": token("--map-hotspot"), "fill-opacity": active(0.22, 0.14, 0.02) } },
    { id: "hotspots-casing", type: "line", paint: { "line-color": token("--map-halo"), "line-width": active(7, 6, 3.6) } },
    { id: "hotspots-line", type: "line", paint: { "line-color": token("--map-hotspot"), "line-width": active(4, 3, 1.4) } },
    { id: "hotspots-point", type: "circle", "source-layer": "hotspots_points",
      paint: { "circle-color": token("--map-hotspot"), "circle-radius": active(15, 14, 11), "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.5 },
      layout: { "circle-sort-key": ["-", 0, ["coalesce", ["get", "rank"], 1e6]] } },
    { id: "hotspots-label", type: "symbol", "source-layer": "hotspots_points",
      layout: { "text-field": ["to-string", ["get", "rank"]], "text-font": ["sans-serif"], "text-size": 12, "symbol-sort-key": ["get", "rank"], "text-allow-overlap": false },
      paint: { "text-color": token("--surface") } },
  ],
  sources: (token, page) => [
    { id: "sources-point", type: "circle",
      paint: { "circle-radius": 4.5, "circle-color": sectorColour(page, token), "circle-stroke-color": ["match", sectorGroup(page), ["other", "unknown"], token("--map-source"), token("--surface")], "circle-stroke-width": 1.2 } },
  ],
  river_mouths: (token) => [
    { id: "river_mouths-point", type: "circle",
      paint: { "circle-radius": ["interpolate", ["linear"], ["coalesce", ["get", "rank"], 100], 1, 9, 100, 4], "circle-color": token("--map-mouth"), "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.2 },
      layout: { "circle-sort-key": ["-", 0, ["coalesce", ["get", "rank"], 1e6]] } },
  ],
  observations: (token) => [
    { id: "observations-point", type: "circle",
      paint: { "circle-radius": 5, "circle-color": ["case", ["coalesce", ["get", "exceeds"], false], token("--map-hotspot"), token("--surface")], "circle-stroke-color": token("--map-source"), "circle-stroke-width": 1.2 },
      layout: { "circle-sort-key": ["coalesce", ["get", "exceedance_ratio"], 0] } },
  ],
};

/** Lines between units; where some are disputed the tiles hold each line once, and those are dotted. */
function boundaries(token, disputed) {
  const settled = { id: "admin-line", type: "line", paint: { "line-color": token("--map-line"), "line-width": 0.8, "line-opacity": 0.7 } };
  if (!disputed) return [settled];
  const lines = { "source-layer": "admin_lines" };
  return [
    { ...settled, ...lines, filter: ["!", ["get", "disputed"]] },
    { id: "admin-disputed", type: "line", ...lines, filter: ["get", "disputed"], layout: { "line-cap": "round" }, paint: { "line-color": token("--map-disputed"), "line-width": 2.4, "line-dasharray": [0, 2.2] } },
  ];
}

/** The group of a source in the legend, by its sector; those whose releases are not assessed apart. */
function sectorGroup(page) {
  const groups = Object.entries(page.sectors).flat();
  return ["case", ["coalesce", ["get", "releases_assessed"], false], ["match", ["coalesce", ["get", "sector"], ""], ...groups, "other"], "unknown"];
}

function sectorColour(page, token) {
  const colours = ["power", "industry", "waste"].flatMap((group) => [group, token(`--sector-${group}`)]);
  return ["match", sectorGroup(page), ...colours, "unknown", token("--unassessed"), token("--sector-other")];
}

/**
 * @param {(name: string) => string} token
 * @returns {ImageData} the hatch of what is not assessed, to be repeated
 */
export function hatch(token) {
  const side = 8;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const drawing = canvas.getContext("2d");
  drawing.strokeStyle = token("--unassessed");
  drawing.lineWidth = 2;
  drawing.beginPath();
  for (const shift of [-side, 0, side]) {
    drawing.moveTo(shift - 1, side + 1);
    drawing.lineTo(shift + side + 1, -1);
  }
  drawing.stroke();
  return drawing.getImageData(0, 0, side, side);
}

function active(selected, hovered, otherwise) {
  return ["case", ["boolean", ["feature-state", "selected"], false], selected, ["boolean", ["feature-state", "hovered"], false], hovered, otherwise];
}

function inOrder(layers) {
  return layers.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
}

/** The address with the braces of its template kept. */
export function absolute(path) {
  return new URL(path, document.baseURI).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}
