"""What stands beside the snapshot map: title, first hotspots, legend, disclaimer, data. It never covers the map."""

from __future__ import annotations

from html import escape

from data_pipelines.outputs.features import published_table
from data_pipelines.outputs.notice import attribution
from data_pipelines.outputs.popups import number
from data_pipelines.outputs.snapshot_layers import SOURCE_COLOUR, TOP
from hotspots.fields import RasterLayer
from hotspots.inventory import ranking_scope
from hotspots.policy import Publishable
from tiles.style import legend

STYLE = f"""
body {{ display: grid; grid: auto minmax(0, 1fr) auto / 320px minmax(0, 1fr); grid-template-areas: "head map" "key map"
  "foot map"; font: 14px/1.4 system-ui, sans-serif; color: #1c1c1c; background: #fff; }}
.folium-map {{ grid-area: map; height: auto !important; min-height: 0; }}
.leaflet-container {{ background: #eef1f4; font: inherit; }}
.head {{ grid-area: head; padding: 14px 16px 4px; }} .head h1 {{ font-size: 19px; line-height: 1.25; margin: 0; }}
.key {{ grid-area: key; padding: 0 16px 10px; overflow: auto; font-size: 13px; }}
.key summary {{ cursor: pointer; padding: 6px 0; font-weight: 600; }}
.key h2 {{ font-size: 14px; margin: 14px 0 4px; }} .key p {{ margin: 4px 0 0; }}
.key ol {{ margin: 0; padding-left: 26px; }} .key ul {{ list-style: none; margin: 0; padding: 0; }}
.key ul.classes {{ columns: 2; }} .key small, .foot {{ color: #444; }}
.key i {{ display: inline-block; width: 18px; height: 12px; margin-right: 6px; border: 1px solid #0003; }}
.key i.dot {{ width: 11px; border-radius: 50%; margin: 0 9px 0 4px; background: {SOURCE_COLOUR}; }}
.key i.dot.unknown {{ background: #fff; border-color: #5a6b7f; width: 7px; height: 7px; margin: 0 11px 1px 6px; }}
.key i.area {{ background: #f8850088; border: 2px solid #111; }}
.foot {{ grid-area: foot; padding: 6px 16px 8px; margin: 0; font-size: 11px; line-height: 1.3; }}
.rank {{ background: #111; color: #fff; border: 2px solid #fff; border-radius: 50%; box-sizing: border-box;
  font: 600 12px/18px system-ui, sans-serif; text-align: center; }}
.leaflet-popup-content {{ font-size: 13px; margin: 12px 14px; }}
.leaflet-popup-content h2 {{ font-size: 16px; margin: 0 0 4px; }}
.leaflet-popup-content h3 {{ font-size: 13px; margin: 8px 0 0; }}
.leaflet-popup-content p {{ margin: 4px 0; }}
.leaflet-popup-content :is(ol, ul) {{ margin: 0; padding-left: 20px; }}
.leaflet-popup-content th {{ text-align: left; font-weight: 400; padding-right: 8px; vertical-align: top; }}
.leaflet-popup-content small {{ color: #444; }}
@media (max-width: 700px) {{
  body {{ grid: auto minmax(0, 1fr) auto auto / minmax(0, 1fr); grid-template-areas: "head" "map" "key" "foot"; }}
  .head {{ padding: 8px 12px; }} .head h1 {{ font-size: 17px; }}
  .key {{ padding: 0 12px; max-height: 55vh; }} .foot {{ padding: 4px 12px 6px; font-size: 10px; }} }}
"""

_SCRIPT = """
{ const key = document.querySelector("details.key");
  key.open = window.innerWidth > 700;
  key.addEventListener("toggle", () => window.dispatchEvent(new Event("resize"))); }
"""
"""Open where there is room; Leaflet measures its box anew when the window says that its size changed."""


def panel(publishable: Publishable, raster: RasterLayer | None) -> str:
    """The HTML beside the map. ``raster`` is the layer whose legend is shown."""
    region, policy = publishable.assessment.region, publishable.policy
    body = "".join(f"<p>{escape(text)}</p>" for text in (policy.statement, *region.notes))
    body += _first(publishable) + (_legend(raster) if raster else "") + _symbols() + _about(publishable)
    return (
        f'<header class="head"><h1>Pollution hotspots: {escape(region.title)}</h1></header>'
        f'<details class="key"><summary>Ranking, legend and notes</summary>{body}</details>'
        f'<footer class="foot">{escape(policy.disclaimer)}</footer><script>{_SCRIPT}</script>'
    )


def _first(publishable: Publishable) -> str:
    table = published_table(publishable, publishable.vector_layers["hotspots"])
    combined = table[(table["dimension"] == "all") & (table["rank"] <= TOP)].sort_values("rank")
    items = "".join(
        f"<li>{escape(name or key)} <small>{number(people)} people</small></li>"
        for key, name, people in zip(combined["hotspot_id"], combined["name"], combined["people"], strict=True)
    )
    scope = ranking_scope(publishable.assessment.status["inventory"])
    title = f"Where first, {scope}" if scope else "Where first"
    return f"<h2>{title}</h2><ol>{items}</ol>" if items else "<p>No hotspots were found.</p>"


def _legend(raster: RasterLayer) -> str:
    items = "".join(
        f'<li><i style="background:{item.colour}"></i>{escape(item.label)}</li>' for item in legend(raster.classes)
    )
    return f'<h2>{escape(raster.title)} ({escape(raster.unit)})</h2><ul class="classes">{items}</ul>'


def _symbols() -> str:
    return (
        "<p>No colour: not assessed.</p><h2>On the map</h2><ul>"
        '<li><i class="area"></i>hotspot; the first ten carry their rank</li>'
        '<li><i class="dot"></i>source, larger where its rank is higher</li>'
        '<li><i class="dot unknown"></i>source whose releases are not assessed</li></ul>'
    )


def _about(publishable: Publishable) -> str:
    assessment, policy = publishable.assessment, publishable.policy
    missing = [name for name, status in assessment.status.items() if status.state == "not_assessed"]
    parts = [f"Not assessed: {', '.join(missing).replace('_', ' ') or 'nothing'}."]
    parts += [attribution(publishable), f"Licence: {policy.licence}", *assessment.assumptions]
    parts += ["Map library: Leaflet (BSD-2-Clause)."]
    return "<h2>About the data</h2>" + "".join(f"<p>{escape(text)}</p>" for text in parts)
