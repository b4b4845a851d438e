// The map's style: colours come from the page's design tokens, so that it follows light and dark.

/** @returns {(name: string) => string} reads a colour token */
export function tokens() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/**
 * @param {any} page
 * @param {(name: string) => string} token
 */
export function baseStyle(page, token) {
  const sources = {};
  for (const [name, { url, minzoom, maxzoom }] of Object.entries(page.tiles)) {
    const promoteId = name === "hotspots" ? "hotspot_id" : undefined;
    sources[name] = { type: "vector", tiles: [absolute(url)], minzoom, maxzoom, ...(promoteId ? { promoteId } : {}) };
  }
  const layers = [{ id: "sea", type: "background", paint: { "background-color": token("--map-sea") } }];
  for (const name of Object.keys(LAYERS)) {
    if (name in sources) layers.push(...LAYERS[name](token));
  }
  return { version: 8, sources, layers: inOrder(layers) };
}

/** Order of drawing; the raster goes in before "admin-line". */
const ORDER = ["sea", "admin-fill", "admin-line", "protected-fill", "protected-line", "hotspots-fill", "hotspots-line", "sources-point", "observations-point", "hotspots-point", "admin-label", "hotspots-label"];

/** Layers of each source, all of which the source's switch turns on and off. */
const LAYERS = {
  admin: (token) => [
    { id: "admin-fill", type: "fill", source: "admin", "source-layer": "admin", paint: { "fill-color": token("--map-land") } },
    { id: "admin-line", type: "line", source: "admin", "source-layer": "admin", paint: { "line-color": token("--map-line"), "line-width": 0.8, "line-opacity": 0.5 } },
  ],
  protected: (token) => [
    { id: "protected-fill", type: "fill", source: "protected", "source-layer": "protected", paint: { "fill-color": token("--map-protected"), "fill-opacity": 0.15 } },
    { id: "protected-line", type: "line", source: "protected", "source-layer": "protected", paint: { "line-color": token("--map-protected"), "line-width": 1.4, "line-dasharray": [3, 2] } },
  ],
  hotspots: (token) => [
    { id: "hotspots-fill", type: "fill", source: "hotspots", "source-layer": "hotspots", paint: { "fill-color": token("--map-hotspot"), "fill-opacity": active(0.22, 0.14, 0.02) } },
    { id: "hotspots-line", type: "line", source: "hotspots", "source-layer": "hotspots", paint: { "line-color": token("--map-hotspot"), "line-width": active(4, 3, 1.4) } },
    { id: "hotspots-point", type: "circle", source: "hotspots", "source-layer": "hotspots_points",
      paint: { "circle-color": token("--map-hotspot"), "circle-radius": active(15, 14, 11), "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.5 },
      layout: { "circle-sort-key": ["-", 0, ["coalesce", ["get", "rank"], 1e6]] } },
    { id: "hotspots-label", type: "symbol", source: "hotspots", "source-layer": "hotspots_points",
      layout: { "text-field": ["to-string", ["get", "rank"]], "text-font": ["sans-serif"], "text-size": 12, "symbol-sort-key": ["get", "rank"], "text-allow-overlap": false },
      paint: { "text-color": token("--surface") } },
  ],
  sources: (token) => [
    { id: "sources-point", type: "circle", source: "sources", "source-layer": "sources",
      paint: { "circle-radius": 4, "circle-color": token("--map-source"), "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.2 } },
  ],
  observations: (token) => [
    { id: "observations-point", type: "circle", source: "observations", "source-layer": "observations",
      paint: { "circle-radius": 5, "circle-color": ["case", ["coalesce", ["get", "exceeds"], false], token("--map-hotspot"), token("--surface")], "circle-stroke-color": token("--map-source"), "circle-stroke-width": 1.2 },
      layout: { "circle-sort-key": ["coalesce", ["get", "exceedance_ratio"], 0] } },
  ],
};

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
