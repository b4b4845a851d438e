// The panel that says why a place is a hotspot, who lives there, what causes it and how sure that is.

import { el, named, told } from "./dom.js";
import { number, percent } from "./format.js";
import { t } from "./i18n.js";
import { narrow } from "./list.js";
import { errorLink } from "./report_error.js";
import { hotspot } from "./service.js";

const EVIDENCE = [
  ["exceeds_standard", t("Above a standard"), t("The ambient total is above the national limit or the WHO interim target 1."),
    t("No ambient total is above the national limit or the WHO interim target 1."),
    t("No ambient total is known here, and an increment alone is never held against a standard.")],
  ["clustered", t("Clustered"), t("Exposure concentrates here more than chance would place it (Gi*, false discoveries controlled)."),
    t("No significant spatial concentration."), t("Clustering was not tested.")],
  ["high_priority", t("High priority"), t("Among the tenth of the people with the highest priority."),
    t("Outside the tenth of the people with the highest priority."), t("Priority could not be computed.")],
];

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @returns {() => Promise<void>} shows the panel of what is selected now
 */
export function connectWhy(state, page) {
  const panel = document.getElementById("why");
  const main = panel.parentElement;
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(state, state.view.selected);
  });
  return async () => {
    const { selected } = state.view;
    main.classList.toggle("with-why", selected !== null);
    panel.hidden = selected === null;
    if (selected === null) return;
    panel.replaceChildren(el("p", { class: "quiet", role: "status" }, t("Loading …")));
    const content = await hotspot(page, selected).then((row) => why(row, page, state.view.found), missing);
    if (state.view.selected !== selected) return;
    panel.replaceChildren(content);
    panel.scrollTop = 0;
    content.querySelector(".close")?.addEventListener("click", () => close(state, selected));
    panel.focus({ preventScroll: true });
    if (narrow()) panel.scrollIntoView({ block: "start" });
    const since = content.querySelector(".since");
    if (page.compared && since) await (await import("./since.js")).sinceThen(since, selected, page);
  };
}

/** Close the panel and give the focus back to the list. */
function close(state, selected) {
  state.set({ selected: null });
  for (const item of document.querySelectorAll("[data-hotspot]")) {
    if (item.dataset.hotspot === selected && item.offsetParent !== null) item.focus();
  }
}

function missing() {
  return el("p", { class: "note", role: "alert" }, t("The details of this hotspot could not be loaded. They are in the GeoJSON among the downloads."));
}

function why(published, page, found) {
  const row = { ...published, ...ranked(published, found) };
  const rule = page.rules[row.rank_rule] ?? row.rank_rule;
  return el("div", {},
    el("div", { class: "why-head" },
      el("div", {}, el("h2", {}, named(row.name)), el("p", { class: "quiet" }, named(row.units ?? ""))),
      el("button", { type: "button", class: "close", "aria-label": t("Close") }, "×")),
    el("p", {}, el("strong", {}, row.rank === null ? t("Not ranked") : t("Rank {rank}", { rank: row.rank })), " · ", t("Ranked by {rule}", { rule }), page.scope ? ` – ${page.scope}` : "", " · ", page.dimensions[row.dimension], interval(row)),
    numbers(row),
    evidence(row),
    el("div", { class: "since" }),
    people(row),
    burden(row, page),
    pressures(row, page),
    sources(row, page),
    nature(row),
    sureness(row, page),
    downloads(page));
}

/** The rank by the rule that the list goes by; by another one than the edition's own no interval was drawn. */
function ranked({ hotspot_id: id, rank, rank_rule: own }, found) {
  if (found.own || !(id in found.ranks)) return { rank, rank_rule: own };
  return { rank: found.ranks[id], rank_rule: found.rule, rank_low: null, rank_high: null, other: true };
}

/** Where the rank lies in 90 % of the draws of uncertain releases; nothing where that was not computed. */
function interval({ rank_low: low, rank_high: high, other = false }) {
  if (other) return ` · ${t("rank interval: not computed for this rule")}`;
  if ((low ?? null) === null || (high ?? null) === null) return "";
  return " · " + (low === high ? t("the same rank in 90 % of draws") : t("rank {low} to {high} in 90 % of draws", { low, high }));
}

function numbers(row) {
  const cells = [[t("People"), number(row.people)], [t("Priority (0–100)"), number(row.priority)], [t("Burden (0–10)"), number(row.burden)]];
  return el("dl", { class: "numbers" }, ...cells.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

function evidence(row) {
  const items = EVIDENCE.map(([field, title, yes, no, unknown]) => {
    const value = row[field] ?? null;
    const [kind, answer, text] = value === null ? ["unknown", t("not assessed"), unknown] : value ? ["yes", t("yes"), yes] : ["no", t("no"), no];
    return el("li", {}, el("span", { class: `answer answer-${kind}` }, answer), el("span", {}, el("strong", {}, title), " – ", text));
  });
  return part(t("Evidence"), el("ul", { class: "evidence" }, ...items));
}

const GROUPS = [
  ["people_under_5", t("Children under 5")],
  ["people_under_15", t("Children under 15")],
  ["people_65_and_older", t("People of 65 and older")],
  ["people_female", t("Women and girls")],
  ["people_in_poverty", t("People in poverty")],
  ["people_above_standard", t("People above a standard")],
];

/** People by group; where none is known that is one line, not six. */
function people(row) {
  const known = GROUPS.filter(([field]) => (row[field] ?? null) !== null);
  const lacking = GROUPS.filter(([field]) => (row[field] ?? null) === null).map(([, title]) => title);
  const rows = known.map(([field, title]) => el("tr", {}, el("th", { scope: "row" }, title), el("td", {}, number(row[field]))));
  return part(t("People by group"),
    known.length ? el("table", { class: "values" }, el("tbody", {}, ...rows)) : null,
    lacking.length ? el("p", { class: "quiet" }, t("not assessed"), ": ", lacking.join("; ")) : null);
}

/** What each dimension adds to the burden, and the data it is from; nothing where the edition does not tell percentiles. */
function burden(row, { burden: { dimensions, facilities }, dimensions: titles }) {
  const known = Object.entries(dimensions)
    .map(([name, of]) => ({ name, ...of, percentile: row[`${name}_percentile`] ?? null }))
    .filter(({ percentile }) => percentile !== null);
  if (known.length === 0) return null;
  const total = known.reduce((sum, { weight, percentile }) => sum + weight * percentile, 0);
  const bars = known.map(({ name, weight, percentile, datasets }) => {
    const listed = contributors(row).filter(({ dimension }) => dimension === name).map(({ id }) => id.split(":")[0]);
    const from = [...datasets, ...[...new Set(listed)].map((id) => facilities[id]).filter(Boolean)];
    return el("li", {},
      el("span", {}, titles[name], " – ", t("percentile {value}", { value: number(percentile) })),
      total > 0 ? el("bdi", { dir: "ltr" }, percent(weight * percentile / total)) : null,
      total > 0 ? el("meter", { class: "bar", min: 0, max: 1, value: weight * percentile / total, "aria-label": titles[name] }) : null,
      from.length ? el("p", { class: "quiet" }, named(from.join("; "))) : null);
  });
  return part(t("Burden by dimension"),
    el("ul", { class: "shares burden" }, ...bars));
}

function pressures(row, page) {
  const known = [...page.pressures, ...page.increments].filter(({ field }) => (row[field] ?? null) !== null);
  const rows = known.map(({ field, title, unit, standard, note, guideline }) => {
    const about = [guideline ? share(row[field] / guideline, title) : null, standard ? el("div", {}, `${t("Reference")}: `, told(standard)) : null, note ? el("div", {}, told(note)) : null];
    return el("tbody", {},
      el("tr", {}, el("th", { scope: "row" }, title), el("td", {}, el("bdi", {}, `${number(row[field])} ${unit}`))),
      standard || note ? el("tr", { class: "about" }, el("td", { colspan: 2 }, ...about)) : null);
  });
  return part(t("What people meet here"),
    el("p", { class: "quiet" }, t("People-weighted means. Concentrations are what the listed sources add, not the ambient total.")),
    el("table", { class: "values" }, ...rows));
}

/** A value beside its guideline. */
function share(of, title) {
  return el("div", { class: "of-guideline" },
    el("meter", { class: "bar", min: 0, max: 1, value: Math.min(of, 1), "aria-label": title }),
    el("bdi", { dir: "ltr" }, percent(of)), " ", t("of the guideline"));
}

function contributors({ top_sources: listed }) {
  return typeof listed === "string" ? JSON.parse(listed) : listed ?? [];
}

/** Contributors by dimension: shares sum to 100 % within a dimension, and dimensions have different units. */
function sources(row, page) {
  const all = contributors(row);
  if (all.length === 0) return part(t("Where it comes from"), el("p", {}, t("No contributor is published for this place.")));
  const dimensions = [...new Set(all.map(({ dimension }) => dimension))];
  const lists = dimensions.flatMap((dimension) => [
    el("h4", {}, page.dimensions[dimension]),
    el("ol", { class: "shares" }, ...all.filter((entry) => entry.dimension === dimension).map((entry) => bar(entry, page))),
  ]);
  return part(t("Where it comes from"),
    el("p", { class: "quiet" }, t("Shares of the exposure; together 100 % in each dimension.")), ...lists, bearing(row, page));
}

/** Conventions, targets and themes of what causes a tenth or more; nothing where there are none. */
function bearing({ tags }, page) {
  if (!tags) return null;
  return el("p", { class: "quiet" }, `${t("Bears on")}: ${tags.split(", ").map((tag) => page.tags[tag]).join("; ")}.`);
}

function bar({ id, name, kind, share }, page) {
  return el("li", { class: kind === "others" ? "rest" : null },
    kind === "others" ? el("span", {}, t("Other sources")) : named(name),
    el("span", {}, percent(share)),
    el("meter", { class: "bar", min: 0, max: 1, value: share, "aria-label": kind === "others" ? t("Other sources") : name }),
    kind !== "source" ? null : el("p", { class: "quiet" }, errorLink(page, { id, name })));
}

function nature(row) {
  const names = row.protected_names ?? "";
  const area = row.protected_km2 ?? null;
  if (area === null) return part(t("Protected areas"), el("p", {}, t("not assessed")));
  if (names === "") return part(t("Protected areas"), el("p", {}, t("None touched.")));
  return part(t("Protected areas"), el("p", {}, named(names), " – ", t("{area} km² inside", { area: number(area) })));
}

function sureness(row, page) {
  const years = page.years.length ? `${page.years[0]}–${page.years.at(-1)}` : t("unknown");
  return part(t("How sure"),
    el("p", {}, t("Quality grade"), " ", el("strong", {}, row.quality ?? t("unknown")), " ", t("(A measured … E estimated by default factors)"), ". ", t("Data years"), " ", el("bdi", {}, years)),
    row.location_uncertain ? el("p", { class: "note" }, t("Location uncertain: the area is narrower than the position accuracy of its leading source.")) : null,
    el("p", {}, el("strong", {}, t("Not in these figures")), ":"),
    el("ul", { class: "lacking" }, ...page.missing.map(({ title, reason }) => el("li", {}, title, ": ", told(reason))), page.missing.length ? null : el("li", {}, t("none"))));
}

function downloads(page) {
  const links = [["vectors/hotspots.geojson", t("Hotspots (GeoJSON)")], ["report/contributions.csv", t("All contributions (CSV)")], ["report/codebook.csv", t("Codebook")]];
  return part(t("Take it with you"),
    el("p", { class: "links" }, ...links.map(([path, label]) => el("a", { href: page.files + path, download: true }, label))),
    el("p", { class: "quiet" }, t("Edition"), " ", named(page.edition)));
}

/** A part of the panel with its heading. */
export function part(title, ...content) {
  return el("section", {}, el("h3", {}, title), ...content);
}
