// Starts the page: the list at once; map, "why" and figures of areas are loaded when they are needed.

import { connectAddress } from "./address.js";
import { connectList, listedQuery, queryOf } from "./list.js";
import { once, State } from "./state.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const state = new State({
  query: queryOf(new URLSearchParams(location.search)),
  found: page.found,
  selected: null,
  hovered: null,
  drawing: false,
  raster: document.querySelector("[data-change]")?.value ?? page.rasters[0]?.name ?? "",
  opacity: 0.82,
  shown: { hotspots: true, sources: true, admin: true, protected: false, river_mouths: false, observations: false },
});
const areas = once(async () => (await import("./area.js")).connectArea(page));
const why = once(async () => (await import("./why.js")).connectWhy(state, page));

document.documentElement.classList.add("scripted");
document.getElementById("region").addEventListener("change", (event) => {
  const query = new URLSearchParams(location.search);
  const lang = query.has("lang") ? { lang: query.get("lang") } : {};
  location.assign(`map?${new URLSearchParams({ region: event.target.value, ...lang })}`);
});
document.getElementById("language").addEventListener("change", (event) => {
  const query = new URLSearchParams(location.search);
  query.set("lang", event.target.value);
  location.assign(`map?${query}${location.hash}`);
});
document.getElementById("area-form").addEventListener("submit", (event) => {
  event.preventDefault();
  reached(areas().then(({ ask }) => ask()));
});
document.getElementById("area-box").addEventListener("toggle", () => reached(areas()), { once: true });
document.getElementById("draw").addEventListener("click", () => state.set({ drawing: document.documentElement.dataset.map === "ready" }));
state.on("drawing", ({ drawing }) => document.getElementById("drawing").toggleAttribute("hidden", !drawing));
for (const choice of document.querySelectorAll("[data-parameter]")) {
  choice.addEventListener("change", async () => {
    if ("uncompared" in (choice.selectedOptions[0]?.dataset ?? {})) {
      const { compareNow } = await import("./compare.js");
      if (!(await reached(compareNow(page, choice.value)))) return;
    }
    const query = new URLSearchParams(location.search);
    query.set(choice.name, choice.value);
    // Another edition has been compared with others.
    if (choice.name === "edition") query.delete("compare");
    location.assign(`map?${new URLSearchParams([...query].filter(([, value]) => value !== ""))}${location.hash}`);
  });
}
connectList(state);
const relist = once(async () => (await import("./relist.js")).connectRelist(state, page));
state.on("query", (view) => {
  if (view.query !== listedQuery(view)) reached(relist().then((show) => show()));
});
state.on("selected", () => reached(why().then((show) => show())));
state.on("found", ({ selected }) => {
  // Its rank may be by another rule now.
  if (selected !== null) reached(why().then((show) => show()));
});
const reportOf = ({ selected }) => {
  // The report's half pages begin with what is chosen here.
  for (const link of document.querySelectorAll(".report-link")) {
    const address = new URL(link.href);
    address.searchParams.delete("hotspot");
    if (selected !== null) address.searchParams.set("hotspot", selected);
    link.href = address.href;
  }
};
state.on("selected", reportOf);
state.on("found", reportOf);
connectAddress(state);
if (document.readyState === "complete") startStage();
else addEventListener("load", startStage, { once: true });

function startStage() {
  const figures = {
    showUnit: (name) => reached(areas().then(({ showUnit }) => showUnit(name))),
    showArea: (geometry) => reached(areas().then(({ showArea }) => showArea(geometry))),
  };
  reached(import("./stage.js").then(({ connectStage }) => connectStage(state, page, figures)));
}

/** What `work` gives; where it could not be loaded the page says so, and it is null. */
async function reached(work) {
  const words = document.getElementById("unreachable");
  try {
    const done = await work;
    words.hidden = true;
    return done;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    words.hidden = false;
    return null;
  }
}
