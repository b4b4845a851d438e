"""The snapshot: one HTML file with a map that opens offline and asks nothing of any server."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import folium
import geopandas as gpd
import shapely
from branca.element import Element

from data_pipelines.outputs.features import lonlat_bounds, published_table
from data_pipelines.outputs.geojson import json_value
from data_pipelines.outputs.inline import inlined_libraries, stable_ids, verbatim
from data_pipelines.outputs.notice import attribution
from data_pipelines.outputs.popups import hotspot_popup, source_popup
from hotspots.fields import DIMENSION_TITLES, RasterLayer
from hotspots.policy import Publishable
from tiles.picture import Frame, frame, png
from tiles.style import NOT_ASSESSED, colour_of, legend

PICTURES = ("priority", "burden", "air_pressure", "land_pressure")
"""The raster behind the hotspots: the first of these that is published."""
DECIMALS = 5
OUTLINE_STEPS = 3000
"""Boundary lines are simplified to this many steps across the region: a screen shows no more."""
BIND_POPUP = folium.JsCode("(feature, layer) => layer.bindPopup(feature.properties.popup, {maxWidth: 340})")

STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; color: #1c1c1c; }
.leaflet-container { background: #eef1f4; font: inherit; }
.panel { position: fixed; z-index: 650; background: #fffffff2; border-radius: 6px; box-shadow: 0 1px 5px #0004;
  padding: 10px 14px; max-width: 320px; }
.panel.head { top: 12px; left: 56px; } .panel.key { bottom: 12px; right: 12px; max-width: 290px; font-size: 12px; }
.panel h1 { font-size: 17px; margin: 0 0 4px; } .panel h2 { font-size: 13px; margin: 0 0 4px; }
.panel p { margin: 4px 0 0; font-size: 12px; } .key ul { list-style: none; margin: 0; padding: 0; columns: 2; }
.key i { display: inline-block; width: 18px; height: 12px; margin-right: 6px; border: 1px solid #0003; }
.key details { margin-top: 6px; max-height: 30vh; overflow: auto; }
.leaflet-popup-content h2 { font-size: 15px; margin: 0 0 4px; }
.leaflet-popup-content th { text-align: left; font-weight: 500; padding-right: 8px; vertical-align: top; }
.leaflet-popup-content p { margin: 6px 0; } .leaflet-popup-content ol { margin: 0; padding-left: 20px; }
@media (max-width: 600px) { .panel.head { max-width: 46vw; left: 50px; } .panel.head p { display: none; }
  .panel.key { max-width: 60vw; } }
"""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``map.html``.

    Raises
    ------
    ConfigError
        If set-up has not installed Leaflet and jQuery.
    """
    path = folder / "map.html"
    path.write_text(page(publishable), encoding="utf-8", newline="\n")
    yield path


def page(publishable: Publishable) -> str:
    """The whole page as text; equal publishables give equal text."""
    snapshot = folium.Map(tiles=None, control_scale=True, font_size="14px", attribution_control=False)
    snapshot.default_js, snapshot.default_css = [], []
    figure = snapshot.get_root()
    figure.title = escape(f"Pollution hotspots: {publishable.assessment.region.title}")
    figure.header.add_child(verbatim(inlined_libraries() + f"<style>{STYLE}</style>"), name="libraries")
    shown = next((name for name in PICTURES if name in publishable.raster_layers), None)
    raster = publishable.raster_layers[shown] if shown else None
    target = frame(publishable.grid)
    if raster is not None:
        _picture(publishable, raster, target).add_to(snapshot)
    _boundaries(publishable, snapshot)
    _hotspots(publishable, snapshot)
    _sources(publishable, snapshot)
    folium.LayerControl(collapsed=True).add_to(snapshot)
    snapshot.fit_bounds(_corners(target), padding_bottom_right=(10, 100))
    figure.html.add_child(verbatim(_panels(publishable, raster)), name="panels")
    return stable_ids(snapshot, figure.render())


def _corners(target: Frame) -> list[list[float]]:
    """South-west and north-east as Leaflet takes them: latitude first."""
    (west, north), _, (east, south), _ = target.coordinates
    return [[south, west], [north, east]]


def _picture(publishable: Publishable, raster: RasterLayer, target: Frame) -> Element:
    with TemporaryDirectory() as scratch:
        image = Path(scratch) / "picture.png"
        image.write_bytes(png(publishable.rasters[raster.name].to_numpy(), target, raster.classes))
        return folium.raster_layers.ImageOverlay(str(image), _corners(target), name=f"{raster.title} (raster)")


def _boundaries(publishable: Publishable, snapshot: folium.Map) -> None:
    if "admin" not in publishable.tables:
        return
    layer = publishable.vector_layers["admin"]
    table = published_table(publishable, layer)
    bounds = lonlat_bounds(table)
    if bounds is None:
        return
    step = max((bounds[2] - bounds[0]) % 360, bounds[3] - bounds[1]) / OUTLINE_STEPS
    lines = table.geometry.simplify(step)
    style = {"color": "#4a4a4a", "weight": 1, "fill": False}
    features = [_feature(shape, {"style": style}) for shape in lines]
    _geojson(features, layer.title, interactive=False).add_to(snapshot)


def _hotspots(publishable: Publishable, snapshot: folium.Map) -> None:
    layer = publishable.vector_layers["hotspots"]
    classes = layer.field("priority").classes
    table = published_table(publishable, layer)
    known = set(table["dimension"])
    for dimension in ("all", *(name for name in DIMENSION_TITLES if name != "all")):
        if dimension not in known:
            continue
        features = []
        for cells, shape in _cells(publishable, "hotspots", table[table["dimension"] == dimension]):
            colour = colour_of(cells["priority"], classes) if classes else NOT_ASSESSED
            style = {"fillColor": colour, "fillOpacity": 1, "color": "#111111", "weight": 2.5}
            features.append(_feature(shape, {"style": style, "popup": hotspot_popup(layer, cells)}))
        title = f"Hotspots: {DIMENSION_TITLES[dimension]}"
        _geojson(features, title, on_each_feature=BIND_POPUP, show=dimension == "all").add_to(snapshot)


def _sources(publishable: Publishable, snapshot: folium.Map) -> None:
    if "sources" not in publishable.tables or publishable.tables["sources"].empty:
        return
    layer = publishable.vector_layers["sources"]
    table = published_table(publishable, layer)
    style = {"color": "#ffffff", "weight": 1.5, "fill": True, "fillColor": "#1f3a5f", "fillOpacity": 1}
    features = [
        _feature(shape, {"style": style, "popup": source_popup(layer, cells)})
        for cells, shape in _cells(publishable, "sources", table)
    ]
    marker = folium.CircleMarker(radius=5)
    _geojson(features, layer.title, on_each_feature=BIND_POPUP, marker=marker).add_to(snapshot)


def _cells(publishable: Publishable, name: str, table: gpd.GeoDataFrame) -> Iterator[tuple[dict[str, Any], Any]]:
    fields = [field for field in publishable.vector_layers[name].fields if field.name in table]
    columns = [table[field.name].tolist() for field in fields]
    for *values, shape in zip(*columns, table.geometry, strict=True):
        yield {field.name: json_value(field, value) for field, value in zip(fields, values, strict=True)}, shape


def _feature(shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda xy: xy.round(DECIMALS))
    return {"type": "Feature", "properties": properties, "geometry": rounded.__geo_interface__}


def _geojson(features: list[dict[str, Any]], name: str, **options: Any) -> folium.GeoJson:
    return folium.GeoJson({"type": "FeatureCollection", "features": features}, name=escape(name), **options)


def _panels(publishable: Publishable, raster: RasterLayer | None) -> str:
    region, policy = publishable.assessment.region, publishable.policy
    notes = "".join(f"<p>{escape(text)}</p>" for text in (policy.statement, *region.notes))
    head = f'<header class="panel head"><h1>Pollution hotspots: {escape(region.title)}</h1>{notes}</header>'
    key = ""
    if raster is not None:
        items = "".join(
            f'<li><i style="background:{item.colour}"></i>{escape(item.label)}</li>' for item in legend(raster.classes)
        )
        key = f"<h2>{escape(raster.title)} ({escape(raster.unit)})</h2><ul>{items}</ul>"
        key += "<p>No colour: not assessed.</p>"
    missing = [name for name, status in publishable.assessment.status.items() if status.state == "not_assessed"]
    key += f"<p>Not assessed: {escape(', '.join(missing).replace('_', ' ')) or 'nothing'}.</p>"
    about = f"<p>{escape(attribution(publishable))}</p><p>Licence: {escape(policy.licence)}</p>"
    about += "".join(f"<p>{escape(text)}</p>" for text in publishable.assessment.assumptions)
    about += "<p>Map library: Leaflet (BSD-2-Clause).</p>"
    key += f"<p><em>{escape(policy.disclaimer)}</em></p><details><summary>About the data</summary>{about}</details>"
    return head + f'<aside class="panel key">{key}</aside>'
