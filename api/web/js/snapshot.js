// The map to e-mail: one file with everything in it. Leaflet and the map are there already, as globals.

import { el, named, told } from "./dom.js";
import { measured, number, percent } from "./format.js";
import { t } from "./i18n.js";

const DEGREE = 10000;
const RANKED = 10;
const RADIUS = [[10, 7], [50, 5.5], [Infinity, 4]];
const UNKNOWN_RADIUS = 4;
const FIRST = "all";
const EVIDENCE = [["exceeds_standard", t("Above a standard")], ["clustered", t("Clustered")], ["high_priority", t("High priority")]];
const known = JSON.parse(document.getElementById("page-data").textContent);
const { L } = window;
const map = window[known.map];
const pictures = Object.fromEntries(Object.entries(known.overlays).map(([name, overlay]) => [name, window[overlay]]));
const drawn = new Map();
const groups = {};

start();

function start() {
  for (const [position, name] of ["ground", "units", "protected", "hotspots", "sources"].entries()) {
    map.createPane(name).style.zIndex = name === "ground" ? 150 : 400 + position;
  }
  // Popups grow upwards: below, the buttons are in nobody's way.
  L.control.zoom({ zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out"), position: "bottomright" }).addTo(map);
  const chart = map.getContainer();
  chart.setAttribute("role", "region");
  chart.setAttribute("aria-label", t("Map"));
  groups.ground = L.layerGroup(known.features.units.map((unit) => polygon(unit, "ground", "ground"))).addTo(map);
  groups.units = L.layerGroup(known.features.units.map((unit) => explained(polygon(unit, "units", unit.status ? "unit disputed" : "unit"), () => unitText(unit))));
  groups.protected = L.layerGroup(known.features.protected.map((area) => explained(polygon(area, "protected", "park"), () => protectedText(area))));
  // The first ranks are drawn last, over the others.
  groups.sources = L.layerGroup([...known.features.sources].reverse().map((source) => explained(dot(source), () => sourceText(source))));
  groups.hotspots = L.layerGroup();
  showHotspots(FIRST);
  connect();
  map.fitBounds(known.bounds, { padding: [12, 12], animate: false });
  window.addEventListener("resize", () => map.invalidateSize());
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("Close"));
    // It scrolls: by keyboard, too.
    popup.getElement().querySelector(".leaflet-popup-content").tabIndex = 0;
  });
}

function connect() {
  const raster = document.getElementById("raster");
  const show = () => {
    for (const [name, picture] of Object.entries(pictures)) name === raster.value ? picture.addTo(map) : picture.remove();
    for (const part of document.querySelectorAll("[data-legend]")) part.hidden = part.dataset.legend !== raster.value;
  };
  raster?.addEventListener("change", show);
  if (raster) show();
  for (const box of document.querySelectorAll("[data-layer]")) {
    const set = () => (box.checked ? groups[box.dataset.layer].addTo(map) : groups[box.dataset.layer].remove());
    box.addEventListener("change", set);
    set();
  }
  const dimension = document.getElementById("dimension");
  dimension.addEventListener("change", () => {
    for (const list of document.querySelectorAll("[data-list]")) list.hidden = list.dataset.list !== dimension.value;
    showHotspots(dimension.value);
  });
  for (const button of document.querySelectorAll("[data-hotspot]")) button.addEventListener("click", () => go(button));
}

/** Show a hotspot of the list; closed, the focus goes back to where it was. */
function go(button) {
  const box = document.querySelector("[data-layer=hotspots]");
  if (!box.checked) box.click();
  const shape = drawn.get(button.dataset.hotspot);
  map.fitBounds(shape.getBounds(), { maxZoom: 10, padding: [60, 60], animate: false });
  shape.openPopup(shape.getBounds().getCenter());
  map.getContainer().scrollIntoView({ block: "nearest" });
  const content = shape.getPopup().getElement().querySelector(".leaflet-popup-content");
  content.focus({ preventScroll: true });
  content.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") map.closePopup();
  });
  shape.once("popupclose", () => button.focus({ preventScroll: true }));
}

function showHotspots(dimension) {
  groups.hotspots.clearLayers();
  drawn.clear();
  for (const row of known.features.hotspots.filter((hotspot) => hotspot.dimension === dimension)) {
    const shape = explained(polygon(row, "hotspots", "area"), () => hotspotText(row));
    drawn.set(row.hotspot_id, shape);
    groups.hotspots.addLayer(shape);
    if (row.rank <= RANKED) groups.hotspots.addLayer(badge(row, shape));
  }
}

function badge(row, shape) {
  const icon = L.divIcon({ className: "badge", html: el("span", {}, String(row.rank)), iconSize: [24, 24] });
  const title = `${row.rank} ${row.name}`;
  const at = L.latLngBounds(points(row.rings[0])).getCenter();
  const marker = L.marker(at, { icon, title, alt: title, zIndexOffset: -1000 * row.rank });
  marker.on("add", () => marker.getElement().setAttribute("translate", "no"));
  return marker.on("click", () => shape.openPopup(at));
}

/** All rings as one: with the even-odd rule, what lies inside two of them is a hole, and parts need not be told apart. */
function polygon({ rings }, pane, className) {
  return L.polygon([rings.map(points)], { pane, className, renderer: renderer(pane), interactive: pane !== "ground" });
}

function renderer(pane) {
  return (groups[`${pane} renderer`] ??= L.svg({ pane }));
}

/** The corners of a ring: the first one, and steps from each to the next. */
function points(ring) {
  const found = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < ring.length; i += 2) {
    [x, y] = [x + ring[i], y + ring[i + 1]];
    found.push([y / DEGREE, x / DEGREE]);
  }
  return found;
}

function dot({ at: [x, y], rank, group, releases_assessed: assessed }) {
  const radius = assessed ? RADIUS.find(([last]) => (rank ?? Infinity) <= last)[1] : UNKNOWN_RADIUS;
  const className = `dot sector-${assessed ? group : "unknown"}`;
  return L.circleMarker([y / DEGREE, x / DEGREE], { pane: "sources", renderer: renderer("sources"), radius, className });
}

function explained(shape, text) {
  const { x, y } = map.getSize();
  const room = { maxWidth: Math.min(330, x - 60), minWidth: 220, maxHeight: Math.min(420, y - 110) };
  return shape.bindPopup(() => el("div", { dir: document.dir, lang: document.documentElement.lang }, ...text().filter(Boolean)), room);
}

function hotspotText(row) {
  const rule = known.rules[row.rank_rule] ?? row.rank_rule;
  return [
    el("h2", {}, named(row.name ?? row.hotspot_id)),
    row.units ? el("p", { class: "quiet" }, named(row.units)) : null,
    el("p", {}, el("strong", {}, row.rank === undefined ? t("Not ranked") : t("Rank {rank}", { rank: row.rank })), interval(row), " · ", t("Ranked by {rule}", { rule }), " · ", known.dimensions[row.dimension]),
    table([[t("People"), number(row.people)], [t("Area"), t("{area} km²", { area: number(row.area_km2) })], [t("Priority (0–100)"), number(row.priority)], [t("Burden (0–10)"), number(row.burden)]]),
    el("h3", {}, t("Evidence")),
    table(EVIDENCE.map(([field, title]) => [title, row[field] === undefined ? t("not assessed") : row[field] ? t("yes") : t("no")])),
    el("h3", {}, t("What people meet here")),
    met(row),
    el("p", { class: "quiet" }, t("People-weighted means. Concentrations are what the listed sources add, not the ambient total.")),
    el("h3", {}, t("Where it comes from")),
    ...contributors(row),
    bearing(row),
    people(row),
    el("h3", {}, t("Protected areas")),
    nature(row),
    el("p", { class: "quiet" }, t("Quality grade"), " ", row.quality ?? t("unknown"), " ", t("(A measured … E estimated by default factors)")),
    row.location_uncertain ? el("p", { class: "quiet" }, t("Location uncertain: the area is narrower than the position accuracy of its leading source.")) : null,
    el("h3", {}, t("Not in these figures")),
    el("p", { class: "quiet" }, row.missing.map((name) => known.missing[name] ?? name).join("; ") || t("none")),
    edition(),
  ];
}

function interval({ rank_low: low, rank_high: high }) {
  if (low === undefined || high === undefined) return "";
  return " · " + (low === high ? t("the same rank in 90 % of draws") : t("rank {low} to {high} in 90 % of draws", { low, high }));
}

function met(row) {
  const there = [...known.pressures, ...known.increments].filter(({ field }) => row[field] !== undefined);
  return table(there.map(({ field, title, unit, standard, note }) => [
    title, `${number(row[field])} ${unit}`,
    standard ? el("span", { class: "quiet" }, t("Reference"), " – ", told(standard)) : null,
    note ? el("span", { class: "quiet" }, told(note)) : null,
  ]));
}

function contributors({ from }) {
  if (from.length === 0) return [el("p", {}, t("No contributor is published for this place."))];
  return [...new Set(from.map(([dimension]) => dimension))].flatMap((dimension) => [
    el("p", {}, known.dimensions[dimension]),
    table(from.filter(([of]) => of === dimension).map(([, name, share]) => [name === null ? t("Other sources") : named(name), percent(share)])),
  ]);
}

function bearing({ tags }) {
  return tags.length ? el("p", { class: "quiet" }, t("Bears on"), " – ", tags.map((tag) => known.tags[tag]).join("; ")) : null;
}

function people(row) {
  const there = Object.entries(known.groups).filter(([field]) => row[field] !== undefined);
  return there.length ? table(there.map(([field, title]) => [title, number(row[field])])) : null;
}

function nature(row) {
  if (row.protected_km2 === undefined) return el("p", {}, t("not assessed"));
  if (!row.protected_names) return el("p", {}, t("None touched."));
  return el("p", {}, named(row.protected_names), " – ", t("{area} km² inside", { area: number(row.protected_km2) }));
}

function sourceText(row) {
  const released = Object.entries(row.released).map(([field, value]) => [known.releases[field] ?? field, measured(value, "kg/a")]);
  return [
    row.name ? el("h2", {}, named(row.name)) : el("h2", {}, t("Unnamed source")),
    el("p", {}, known.sectors[row.group], " · ", named([row.kind, row.country, row.year].filter(Boolean).join(" · "))),
    row.transboundary ? el("p", {}, t("across the border")) : null,
    row.releases_assessed && released.length ? table([...released, ...(row.rank ? [[t("Rank"), String(row.rank)]] : [])]) : el("p", {}, t("releases not assessed")),
    bearing(row),
    el("p", { class: "quiet" }, t("Quality grade"), " ", row.quality ?? t("unknown"), " ", t("(A measured … E estimated by default factors)")),
    el("p", { class: "quiet" }, t("Dataset"), " – ", named(row.by.map((position) => known.datasets[position]).join("; "))),
    edition(),
  ];
}

function protectedText(row) {
  const air = known.pressures.find(({ field }) => field === "air_pressure");
  return [
    el("h2", {}, named(row.name ?? "")),
    el("p", {}, named([row.designation, row.iucn_category].filter(Boolean).join(" · "))),
    table([
      [t("Area"), t("{area} km²", { area: number(row.area_km2) })],
      [air.title, row.air_pressure === undefined ? t("not assessed") : `${number(row.air_pressure)} ${air.unit}`],
    ]),
    edition(),
  ];
}

function unitText(row) {
  return [
    el("h2", {}, named(row.name ?? "")),
    row.status ? el("p", {}, named([row.status, row.claimants].filter(Boolean).join(": "))) : null,
    row.people === undefined ? null : table([
      [t("People"), number(row.people)],
      [t("Priority (0–100)"), row.priority === undefined ? t("not assessed") : number(row.priority)],
      [t("Rank"), row.rank === undefined ? t("Not ranked") : String(row.rank)],
      [t("Hotspots"), number(row.hotspot_count)],
    ]),
    edition(),
  ];
}

function edition() {
  return el("p", { class: "quiet" }, t("Edition"), " ", named(known.edition));
}

function table(rows) {
  return el("table", {}, ...rows.map(([title, value, ...about]) => el("tr", {}, el("th", { scope: "row" }, title, ...about.filter(Boolean)), el("td", {}, el("bdi", {}, value)))));
}
