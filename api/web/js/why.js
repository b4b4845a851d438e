// The panel that says why a place is a hotspot, who lives there, what causes it and how sure that is.

import { el } from "./dom.js";
import { number, percent } from "./format.js";
import { narrow } from "./list.js";

const EVIDENCE = [
  ["exceeds_standard", "Above a standard", "The ambient total is above the national limit or the WHO interim target 1.",
    "No ambient total is above the national limit or the WHO interim target 1.",
    "No ambient total is known here, and an increment alone is never held against a standard."],
  ["clustered", "Clustered", "Exposure concentrates here more than chance would place it (Gi*, false discoveries controlled).",
    "No significant spatial concentration.", "Clustering was not tested."],
  ["high_priority", "High priority", "Among the tenth of the people with the highest priority.",
    "Outside the tenth of the people with the highest priority.", "Priority could not be computed."],
];

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @param {() => Promise<Map<string, any>>} hotspots properties by hotspot_id
 */
export function connectWhy(state, page, hotspots) {
  const panel = document.getElementById("why");
  const main = panel.parentElement;
  state.on("selected", async ({ selected }) => {
    main.classList.toggle("with-why", selected !== null);
    panel.hidden = selected === null;
    if (selected === null) return;
    panel.replaceChildren(el("p", { class: "quiet", role: "status" }, "Loading …"));
    const content = await hotspots().then(
      (known) => (known.has(selected) ? why(known.get(selected), page) : missing()),
      () => missing(),
    );
    if (state.view.selected !== selected) return;
    panel.replaceChildren(content);
    panel.scrollTop = 0;
    content.querySelector(".close")?.addEventListener("click", () => close(state, selected));
    panel.focus({ preventScroll: true });
    if (narrow()) panel.scrollIntoView({ block: "start" });
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(state, state.view.selected);
  });
}

/** Close the panel and give the focus back to the list. */
function close(state, selected) {
  state.set({ selected: null });
  for (const item of document.querySelectorAll("[data-hotspot]")) {
    if (item.dataset.hotspot === selected && item.offsetParent !== null) item.focus();
  }
}

function missing() {
  return el("p", { class: "note", role: "alert" }, "The details of this hotspot could not be loaded. They are in the GeoJSON among the downloads.");
}

function why(row, page) {
  const dimension = row.dimension === "all" ? "all assessed dimensions" : page.dimensions[row.dimension].toLowerCase();
  const rule = page.rules[row.rank_rule] ?? row.rank_rule;
  return el("div", {},
    el("div", { class: "why-head" },
      el("div", {}, el("h2", {}, row.name), el("p", { class: "quiet" }, row.units ?? "")),
      el("button", { type: "button", class: "close", "aria-label": "Close" }, "×")),
    el("p", {}, row.rank === null ? "Not ranked" : el("strong", {}, `Rank ${row.rank}`), ` by ${rule}${page.scope ? ` ${page.scope}` : ""}, ${dimension}`, interval(row)),
    numbers(row),
    evidence(row),
    pressures(row, page),
    sources(row, page),
    nature(row),
    sureness(row, page),
    downloads(page));
}

/** Where the rank lies in 90 % of the draws of uncertain releases; nothing where that was not computed. */
function interval({ rank_low: low, rank_high: high }) {
  if ((low ?? null) === null || (high ?? null) === null) return "";
  return low === high ? ` (the same in 90 % of draws)` : ` (rank ${low} to ${high} in 90 % of draws)`;
}

function numbers(row) {
  const cells = [["People", number(row.people)], ["Priority (0–100)", number(row.priority)], ["Burden (0–10)", number(row.burden)]];
  return el("dl", { class: "numbers" }, ...cells.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

function evidence(row) {
  const items = EVIDENCE.map(([field, title, yes, no, unknown]) => {
    const value = row[field] ?? null;
    const [kind, answer, text] = value === null ? ["unknown", "not assessed", unknown] : value ? ["yes", "yes", yes] : ["no", "no", no];
    return el("li", {}, el("span", { class: `answer answer-${kind}` }, answer), el("span", {}, el("strong", {}, `${title}. `), text));
  });
  return part("Evidence", el("ul", { class: "evidence" }, ...items));
}

function pressures(row, page) {
  const known = [...page.pressures, ...page.increments].filter(({ field }) => (row[field] ?? null) !== null);
  const rows = known.map(({ field, title, unit, standard, note }) => {
    const about = [standard ? `Reference: ${standard}.` : null, note].filter(Boolean).join(" ");
    return el("tbody", {},
      el("tr", {}, el("th", { scope: "row" }, title), el("td", {}, `${number(row[field])} ${unit}`)),
      about ? el("tr", { class: "about" }, el("td", { colspan: 2 }, about)) : null);
  });
  return part("What people meet here",
    el("p", { class: "quiet" }, "People-weighted means. Concentrations are what the listed sources add, not the ambient total."),
    el("table", { class: "values" }, ...rows));
}

/** Contributors by dimension: shares sum to 100 % within a dimension, and dimensions have different units. */
function sources(row, page) {
  const all = typeof row.top_sources === "string" ? JSON.parse(row.top_sources) : row.top_sources ?? [];
  if (all.length === 0) return part("Where it comes from", el("p", {}, "No contributor is published for this place."));
  const dimensions = [...new Set(all.map(({ dimension }) => dimension))];
  const lists = dimensions.flatMap((dimension) => [
    el("h4", {}, page.dimensions[dimension]),
    el("ol", { class: "shares" }, ...all.filter((entry) => entry.dimension === dimension).map(bar)),
  ]);
  return part("Where it comes from",
    el("p", { class: "quiet" }, "Shares of the exposure; together 100 % in each dimension."), ...lists, bearing(row, page));
}

/** Conventions, targets and themes of what causes a tenth or more; nothing where there are none. */
function bearing({ tags }, page) {
  if (!tags) return null;
  return el("p", { class: "quiet" }, `Bears on: ${tags.split(", ").map((tag) => page.tags[tag]).join("; ")}.`);
}

function bar({ name, kind, share }) {
  return el("li", { class: kind === "others" ? "rest" : null },
    el("span", {}, name),
    el("span", {}, percent(share)),
    el("meter", { class: "bar", min: 0, max: 1, value: share, "aria-label": `Share of ${name}` }));
}

function nature(row) {
  const names = row.protected_names ?? "";
  const area = row.protected_km2 ?? null;
  const text = area === null ? "Not assessed." : names === "" ? "None touched." : `${names} – ${number(area)} km² inside.`;
  return part("Protected areas", el("p", {}, text));
}

function sureness(row, page) {
  const years = page.years.length ? `${page.years[0]}–${page.years.at(-1)}` : "unknown";
  const lacking = Object.values(page.status).filter(({ state }) => state === "not_assessed");
  return part("How sure",
    el("p", {}, "Quality grade ", el("strong", {}, row.quality ?? "unknown"), " (A measured … E estimated by default factors). ", `Data years ${years}.`),
    row.location_uncertain ? el("p", { class: "note" }, "Location uncertain: the area is narrower than the position accuracy of its leading source.") : null,
    el("p", {}, el("strong", {}, "Not in these figures: "), lacking.map(({ title, reason }) => `${title.toLowerCase()} (${reason})`).join("; ") || "nothing named"));
}

function downloads(page) {
  const links = [["vectors/hotspots.geojson", "Hotspots (GeoJSON)"], ["report/contributions.csv", "All contributions (CSV)"], ["report/codebook.csv", "Codebook"]];
  return part("Take it with you",
    el("p", { class: "links" }, ...links.map(([path, label]) => el("a", { href: page.files + path, download: true }, label))),
    el("p", { class: "quiet" }, `Edition ${page.edition}`));
}

function part(title, ...content) {
  return el("section", {}, el("h3", {}, title), ...content);
}
