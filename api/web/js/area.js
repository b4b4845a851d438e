// "My district": figures of an administrative unit, a place, a box or an uploaded area, asked of the service.

import { el, named } from "./dom.js";
import { measured, number } from "./format.js";
import { nameOf, plural, t } from "./i18n.js";
import { answer, pointValues, Refusal } from "./service.js";

const MOST_BYTES = 1_000_000;
const SUGGESTED = 8;

/** @param {any} page */
export function connectArea(page) {
  const form = document.getElementById("area-form");
  const result = document.getElementById("area-result");
  let turn = 0;
  const show = async (work) => {
    const mine = ++turn;
    result.replaceChildren(el("p", { class: "quiet" }, t("Loading …")));
    const content = await work().catch(failure);
    if (mine === turn) result.replaceChildren(...[content].flat());
  };
  const ask = () => {
    const text = form.elements.place.value.trim();
    if (text !== "") return show(() => asked(page, text, (unit) => show(() => ofArea(page, unit))));
  };
  form.elements.file.addEventListener("change", () => {
    const [file] = form.elements.file.files;
    if (file) show(() => uploaded(page, file));
  });
  // One may have been chosen before this module was there.
  if (form.elements.file.files.length > 0) form.elements.file.dispatchEvent(new Event("change"));
  const showUnit = (name) => {
    form.elements.place.value = name;
    document.getElementById("area-box").open = true;
    return ask();
  };
  const showArea = (geometry) => {
    document.getElementById("area-box").open = true;
    return show(() => ofArea(page, { name: t("Drawn area"), geometry }));
  };
  return { ask, showUnit, showArea };
}

/** Two numbers are a place, four a box, anything else the name of a unit. */
async function asked(page, text, choose) {
  const parts = text.split(/[\s,;،]+/u);
  const numbers = parts.map(Number);
  if (numbers.every(Number.isFinite)) {
    if (parts.length === 2) return ofPoint(page, numbers[1], numbers[0]);
    if (parts.length === 4) return ofArea(page, { name: text, geometry: box(numbers) });
  }
  const units = await unitsLike(page, text);
  if (units.length === 0) throw new Error(t("No administrative unit of that name. Coordinates are given as latitude, longitude."));
  const exact = units.find(({ name, own }) => [name, own].some((known) => known.toLocaleLowerCase() === text.toLocaleLowerCase()));
  if (exact || units.length === 1) return ofArea(page, exact ?? units[0]);
  return el("ul", { class: "suggested" }, ...units.map((unit) => {
    const button = el("button", { type: "button", class: "plain" }, named(unit.name));
    button.addEventListener("click", () => choose(unit));
    return el("li", {}, button);
  }));
}

function box([west, south, east, north]) {
  return { type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] };
}

async function unitsLike(page, text) {
  const like = text.replaceAll("'", "''");
  const fields = ["name", page.localName].filter(Boolean);
  const filter = fields.map((field) => `CASEI(${field}) LIKE CASEI('%${like}%')`).join(" OR ");
  const asked = page.disputed ? [...fields, "status", "claimants"] : fields;
  const query = new URLSearchParams({ filter, limit: SUGGESTED, properties: asked.join(",") });
  const { features } = await answer(`collections/${page.region}-admin-${page.edition}/items?${query}`);
  return features.map(({ properties, geometry }) => ({ ...properties, name: nameOf(properties), own: properties.name, geometry }));
}

async function uploaded(page, file) {
  if (file.size > MOST_BYTES) throw new Error(t("The file is too big: the limit is 1 MB."));
  let parsed;
  try {
    parsed = JSON.parse(await file.text());
  } catch {
    throw new Error(t("The file is no GeoJSON."));
  }
  const features = parsed?.type === "FeatureCollection" ? parsed.features : [parsed];
  if (features?.length !== 1) throw new Error(t("The file must hold one area."));
  return ofArea(page, { name: file.name, geometry: features[0]?.geometry ?? features[0] });
}

async function ofPoint(page, lon, lat) {
  const { values } = await pointValues(page, lon, lat);
  const shown = page.rasters.flatMap(({ name, title, unit }) => {
    const found = values.find((value) => value.name === name);
    return found ? [row(title, measured(found.value, unit))] : [];
  });
  return [heading(`${lat}, ${lon}`), el("table", { class: "values" }, el("tbody", {}, ...shown))];
}

async function ofArea(page, { name, geometry, status, claimants }) {
  const found = await answer("processes/area-statistics/execution", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ inputs: { region: page.region, edition: page.edition, area: geometry } }),
  });
  const means = page.rasters.flatMap(({ name: raster, title, unit }) => {
    const about = found.rasters.find((entry) => entry.name === raster);
    if (!about || raster === "people") return [];
    return [row(title, measured(about.total ?? about.mean_of_people ?? null, unit))];
  });
  const covered = found.protected?.covered_km2 ?? null;
  return [
    heading(name),
    ...(status ? [dispute(status, claimants)] : []),
    el("table", { class: "values" }, el("tbody", {},
      row(t("People"), number(found.people)),
      row(t("Area"), t("{area} km²", { area: number(found.area_km2) })),
      row(t("Protected areas"), covered === null ? t("not assessed") : t("{area} km²", { area: number(covered) })))),
    ...(found.counted.cells === "whole_blocks" ? [el("p", { class: "quiet" }, t("Counts of people are confidential: whole blocks of cells count, and people from {minimum} on.", { minimum: number(found.counted.minimum_people) }))] : []),
    listed(t("Hotspots"), found.hotspots),
    listed(t("Sources"), found.sources),
    el("h4", {}, t("Means over the people who live here; totals where a layer is a sum")),
    el("table", { class: "values" }, el("tbody", {}, ...means)),
  ];
}

function heading(name) {
  return el("h3", {}, named(name));
}

/** What the boundaries say of a unit whose status is not settled, in their own words. */
function dispute(status, claimants) {
  const by = claimants && t("claimed by {countries}", { countries: `\u2068${claimants}\u2069` });
  return el("p", { class: "note" }, t("Status not settled: {status}", { status: `\u2068${status}\u2069` }), by ? ` · ${by}` : "");
}

function row(title, value) {
  return el("tr", {}, el("th", { scope: "row" }, title), el("td", {}, el("bdi", {}, value)));
}

function listed(title, found) {
  if (!found) return el("p", {}, `${title}: `, t("not assessed"));
  const names = [...new Set(found.first.map(({ name }) => name ?? "–"))].join(", ");
  return el("p", {}, `${title}: ${number(found.count)}`, found.count ? " – " : "", named(names),
    found.count > found.first.length ? ` ${plural("and {count} more", "and {count} more", found.count - found.first.length)}` : "");
}

function failure(error) {
  const words = error instanceof TypeError ? t("The service does not answer. Try again in a moment.") : error.message;
  return el("p", { class: "note", role: "alert", lang: error instanceof Refusal ? "en" : null, dir: "auto" }, words);
}
