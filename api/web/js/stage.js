// What stands beside the list: the picture with its legend, and the interactive map where line and browser bear it.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { connectLegend } from "./legend.js";

/**
 * @param {import("./state.js").State} state
 * @param {any} page
 * @param {any} figures what shows the figures of a unit or an area
 */
export async function connectStage(state, page, figures) {
  connectLegend(state, page);
  const start = () => drawMap(state, page, figures);
  if (!document.createElement("canvas").getContext("webgl2")) {
    stay(t("The interactive map is not available: this browser shows no WebGL graphics. List, picture and downloads work without it."));
  } else if (sparing()) {
    stay(t("A slow line, or data to be saved: only the picture is shown. The interactive map takes about half a megabyte."), start);
  } else {
    await start();
  }
}

/** Whether the reader's browser or line asks for little. */
function sparing() {
  const line = navigator.connection;
  return "saveData" in document.documentElement.dataset || line?.saveData === true || (line?.effectiveType ?? "4g") !== "4g";
}

/** Stay on the picture and say why; `start`, where there is hope, is offered. */
function stay(words, start = null) {
  const notice = document.getElementById("map-notice");
  const button = start && el("button", { type: "button", class: "plain" }, t("Load the interactive map"));
  button?.addEventListener("click", start, { once: true });
  notice.replaceChildren(el("span", {}, words), " ", button ?? "");
  notice.hidden = false;
  document.documentElement.dataset.map = "picture";
}

async function drawMap(state, page, figures) {
  try {
    document.head.prepend(el("link", { rel: "stylesheet", href: "web/vendor/maplibre-gl/maplibre-gl.css" }));
    const { startMap } = await import("./map.js");
    await startMap(state, page, figures);
    document.getElementById("map-notice").hidden = true;
    document.documentElement.dataset.map = "ready";
  } catch {
    stay(t("The interactive map could not be started. List, picture and downloads work without it."), () => drawMap(state, page, figures));
  }
}
