// What became of a hotspot since an earlier edition, in the panel that says why it is one.

import { el } from "./dom.js";
import { number, signedPercent } from "./format.js";
import { t } from "./i18n.js";
import { answer } from "./service.js";
import { part } from "./why.js";

const KINDS = { pollution: t("pollution changed"), data: t("data changed"), method: t("the method changed"), "not separable": t("causes cannot be told apart"), "not recorded": t("nothing that is recorded explains it") };

/**
 * Add what became of a hotspot since an earlier edition, and how much of it has which cause.
 * @param {HTMLElement} place
 * @param {string} selected
 * @param {any} page
 */
export async function sinceThen(place, selected, page) {
  const before = page.compared;
  const path = `regions/${page.region}/editions/${page.edition}/changes/${before}/hotspots/${encodeURIComponent(selected)}`;
  const change = await answer(path).catch(() => null);
  if (change === null) return;
  const { exposure_before: then, exposure_after: now, parts, causes } = change;
  const measured = (value) => (then > 0 ? signedPercent(value / then) : number(value));
  const rows = Object.entries(parts).map(([kind, value]) =>
    el("tr", {}, el("th", { scope: "row" }, KINDS[kind]), el("td", {}, el("bdi", { dir: "ltr" }, measured(value)))));
  place.replaceChildren(part(t("Better or worse"),
    el("p", {}, t("Since edition"), " ", el("bdi", { class: "mono", translate: "no" }, before), ": ",
      change.kind === "new" ? t("new") : rows.length ? el("strong", {}, el("bdi", { dir: "ltr" }, measured(now - then))) : t("changed, exposure not comparable")),
    el("table", { class: "values" }, el("tbody", {}, ...rows)),
    causes.length ? el("ul", { class: "lacking", lang: "en", dir: "ltr" }, ...causes.map((cause) => el("li", {}, cause))) : null));
}
