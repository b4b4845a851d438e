// The value of the shown layer under the pointer, asked of the service when the pointer rests.

import { pointValues } from "./area.js";
import { measured } from "./format.js";

const REST_MS = 250;

/**
 * @param {any} map
 * @param {import("./state.js").State} state
 * @param {any} page
 */
export function connectPointer(map, state, page) {
  const output = document.getElementById("pointer");
  if (!output) return;
  let timer = 0;
  let asked = new AbortController();
  const forget = () => {
    clearTimeout(timer);
    asked.abort();
    output.textContent = "–";
  };
  map.on("mousemove", ({ lngLat }) => {
    forget();
    const raster = page.rasters.find(({ name }) => name === state.view.raster);
    if (!raster || !within(page.bounds, lngLat)) return;
    timer = setTimeout(async () => {
      asked = new AbortController();
      const { signal } = asked;
      const text = await pointValues(page, lngLat.lng, lngLat.lat, signal).then(
        ({ values }) => told(values, raster),
        () => "–",
      );
      if (!signal.aborted) output.textContent = text;
    }, REST_MS);
  });
  map.on("mouseout", forget);
  state.on("raster", forget);
}

function within([west, south, east, north], { lng, lat }) {
  return west <= lng && lng < east && south < lat && lat <= north;
}

function told(values, { name, unit }) {
  return measured(values.find((entry) => entry.name === name)?.value ?? null, unit);
}
