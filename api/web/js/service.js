// Questions to the service, and its answers.

import { nameOf } from "./i18n.js";
import { once } from "./state.js";

/** What the service was asked for and refused; its words are in English. */
export class Refusal extends Error {}

/** @returns {Promise<any>} the answer's JSON; a refusal carries the service's own words */
export async function answer(path, options = {}) {
  const response = await fetch(path, options);
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(problem.detail ?? String(response.status));
}

/** @returns {Promise<Document>} a part of a page, written by the server; it is no part of this one yet, and inert */
export async function markup(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Refusal(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/**
 * @param {any} page
 * @param {number} lon
 * @param {number} lat
 * @param {AbortSignal} [signal]
 */
export function pointValues(page, lon, lat, signal) {
  return answer(`regions/${page.region}/editions/${page.edition}/point?${new URLSearchParams({ lon, lat })}`, { signal });
}

const details = once(async (path) => {
  const { properties, geometry } = await answer(path);
  return { ...properties, name: nameOf(properties), bounds: boundsOf(geometry) };
});

/** @returns {Promise<any>} what is published of a hotspot, and its bounds: west, south, east, north */
export function hotspot(page, id) {
  return details(`collections/${page.region}-hotspots-${page.edition}/items/${encodeURIComponent(id)}?lang=${document.documentElement.lang}`);
}

function boundsOf(geometry) {
  const points = geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1);
  const [lon, lat] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}
