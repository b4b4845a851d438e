// Buttons that move the map: what dragging does, without dragging.

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** Of the map's width and height that one press moves it. */
const STEP = 0.25;

/** A control of the map library: four buttons, each with the way that it moves the view. */
export class PanControl {
  onAdd(map) {
    const ways = [
      ["↑", t("Move the view up"), 0, -STEP],
      ["←", t("Move the view left"), -STEP, 0],
      ["→", t("Move the view right"), STEP, 0],
      ["↓", t("Move the view down"), 0, STEP],
    ];
    this.box = el("div", { class: "maplibregl-ctrl maplibregl-ctrl-group pan", dir: "ltr" });
    for (const [sign, title, x, y] of ways) {
      const button = el("button", { type: "button", title, "aria-label": title }, el("span", { "aria-hidden": "true" }, sign));
      button.addEventListener("click", () => {
        const { clientWidth, clientHeight } = map.getContainer();
        map.panBy([x * clientWidth, y * clientHeight], { essential: false });
      });
      this.box.append(button);
    }
    return this.box;
  }

  onRemove() {
    this.box.remove();
  }
}
