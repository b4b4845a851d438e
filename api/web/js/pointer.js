// What is under the pointer: the value of the shown layer, asked of the service when the pointer rests, and points.

import { Popup } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { el, named } from "./dom.js";
import { measured, number } from "./format.js";
import { t } from "./i18n.js";
import { errorLink } from "./report_error.js";
import { pointValues } from "./service.js";

const REST_MS = 250;

/**
 * @param {any} map
 * @param {import("./state.js").State} state
 * @param {any} page
 */
export function connectPointer(map, state, page) {
  connectValue(map, state, page);
  describe(map, "sources", source);
  describe(map, "observations", station);
  describe(map, "river_mouths", mouth);
}

function connectValue(map, state, page) {
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

function source({ features: [{ properties }] }) {
  const { name, kind, sector, status, releases_assessed: assessed, transboundary } = properties;
  const data = [kind ?? sector, status].filter(Boolean).join(" · ");
  const about = [transboundary ? t("across the border") : null, assessed ? null : t("releases not assessed")].filter(Boolean);
  return el("div", {}, el("strong", {}, name ? named(name) : t("Unnamed source")), el("br"), el("span", { lang: "en", dir: "auto" }, data), ...about.map((text) => ` · ${text}`));
}

/** Tell of a source until it is closed, with a way to say what is wrong with it. */
export function openSource(map, page, place, { properties }) {
  const { source_id: id, name } = properties;
  const content = el("div", {}, source({ features: [{ properties }] }), el("p", {}, errorLink(page, { id, name: name ?? id })));
  new Popup({ offset: 10, className: "opened" }).setLngLat(place).setDOMContent(content).addTo(map);
}

function station({ features }) {
  const values = features.filter(({ properties }) => properties.station_id === features[0].properties.station_id);
  const lines = values.map(({ properties: { pollutant_name: pollutant, value, unit, exceedance_ratio: ratio } }) =>
    el("div", {}, named(`${pollutant} ${number(value)} ${unit}`), ...(ratio === undefined ? [] : [" · ", t("{ratio} times the standard", { ratio: number(ratio) })])));
  return el("div", {}, el("strong", {}, named(features[0].properties.name)), ...lines);
}

function mouth({ features: [{ properties: { name, rank, plastic_t_yr: load, people_upstream: people } }] }) {
  const told = [t("Plastic that arrives: {load} t/yr", { load: number(load) }), ...(people === undefined ? [] : [t("People upstream: {people}", { people: number(people) })])];
  return el("div", {}, el("strong", {}, rank === undefined ? "" : `${rank} · `, named(name)), ...told.map((text) => el("div", {}, text)));
}

/** Tell of the points under the pointer what `content` makes of them. */
function describe(map, name, content) {
  if (!map.getLayer(`${name}-point`)) return;
  const popup = new Popup({ closeButton: false, closeOnClick: false, offset: 10 });
  map.on("mousemove", `${name}-point`, (event) => popup.setLngLat(event.lngLat).setDOMContent(content(event)).addTo(map));
  map.on("mouseleave", `${name}-point`, () => popup.remove());
}
