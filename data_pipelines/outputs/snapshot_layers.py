"""The vector layers of the snapshot map: boundaries, hotspots with their rank, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import folium
import geopandas as gpd
import shapely

from data_pipelines.bounds import lonlat_bounds
from data_pipelines.outputs.features import MANY_UNITS, groups, published_table
from data_pipelines.outputs.geojson import json_value
from data_pipelines.outputs.popups import hotspot_popup, source_popup
from hotspots.fields import DIMENSION_TITLES, VectorLayer
from hotspots.policy import Publishable
from tiles.style import NOT_ASSESSED, colour_of

TOP = 10
"""So many hotspots of a dimension carry their rank on the map."""
DECIMALS = 5
OUTLINE_STEPS = 3000
"""Boundary lines are simplified to this many steps across the region: a screen shows no more."""

SOURCE_SIZES_PX = ((10, 5.5), (50, 4.0))
"""Radius of a source up to a rank."""
OTHER_SOURCE_PX, UNKNOWN_SOURCE_PX = 2.5, 1.8
SOURCE_COLOUR = "#1f3a5f"

Features = list[dict[str, Any]]

_STYLE = folium.JsCode("(feature) => feature.properties.style")
_POPUP = folium.JsCode(
    # The map moves so far that the buttons in its upper corners cover nothing of the popup.
    "(feature, layer) => layer.bindPopup(feature.properties.popup,"
    " {maxWidth: 310, maxHeight: 420, autoPanPaddingTopLeft: [8, 76]})"
)
_DOT = folium.JsCode("(feature, at) => L.circleMarker(at, feature.properties.style)")
_BADGE = folium.JsCode(
    # The title is read out of the popup, whose text is escaped for HTML and for templates; a title is neither.
    "(feature, at) => { const {rank, popup} = feature.properties;"
    " const title = new DOMParser().parseFromString(popup, 'text/html').querySelector('h2').textContent;"
    " const icon = L.divIcon({className: 'rank', html: String(rank), iconSize: [22, 22]});"
    " return L.marker(at, {icon, title, alt: title, zIndexOffset: -1000 * rank}); }"
)


def boundaries(publishable: Publishable) -> Iterator[folium.GeoJson]:
    """Thin outlines of the administrative units, or of the groups they form where the units are many."""
    if "admin" not in publishable.tables:
        return
    layer = publishable.vector_layers["admin"]
    table = published_table(publishable, layer)
    bounds = lonlat_bounds(table)
    if bounds is None:
        return
    if len(table) > MANY_UNITS:
        table = groups(table)
    step = max((bounds[2] - bounds[0]) % 360, bounds[3] - bounds[1]) / OUTLINE_STEPS
    style = {"color": "#4a4a4a", "weight": 0.8, "opacity": 0.8, "fill": False}
    features = [_feature(shape, {"style": style}) for shape in table.geometry.simplify(step)]
    yield _geojson(features, layer.title, interactive=False)


def hotspots(publishable: Publishable) -> Iterator[folium.GeoJson]:
    """One layer a dimension, the combined one first and shown; areas, and the rank of the first ten."""
    layer = publishable.vector_layers["hotspots"]
    table = published_table(publishable, layer)
    known = set(table["dimension"])
    for dimension in ("all", *(name for name in DIMENSION_TITLES if name != "all")):
        if dimension not in known:
            continue
        features = _hotspot_features(publishable, layer, table[table["dimension"] == dimension])
        title = f"Hotspots: {DIMENSION_TITLES[dimension]}"
        yield _geojson(features, title, on_each_feature=_POPUP, point_to_layer=_BADGE, show=dimension == "all")


def _hotspot_features(publishable: Publishable, layer: VectorLayer, table: gpd.GeoDataFrame) -> Features:
    classes = layer.field("priority").classes
    areas, badges = [], []
    for cells, shape in _cells(layer, table):
        popup = hotspot_popup(layer, cells, len(table), publishable.assessment.pollutants)
        colour = colour_of(cells["priority"], classes) if classes else NOT_ASSESSED
        style = {"fillColor": colour, "fillOpacity": 0.85, "color": "#111111", "weight": 1.5}
        areas.append(_feature(shape, {"style": style, "popup": popup}))
        if cells["rank"] is not None and cells["rank"] <= TOP:
            badges.append(_feature(shape.representative_point(), {"rank": cells["rank"], "popup": popup}))
    return areas + badges


def sources(publishable: Publishable) -> Iterator[folium.GeoJson]:
    """Sources: larger where their rank is higher, small and hollow where their releases are not assessed."""
    if "sources" not in publishable.tables or publishable.tables["sources"].empty:
        return
    layer = publishable.vector_layers["sources"]
    cells_and_shapes = list(_cells(layer, published_table(publishable, layer)))
    cells_and_shapes.sort(key=lambda item: -(item[0]["rank"] or len(cells_and_shapes) + 1))
    features = [
        _feature(shape, {"style": source_style(cells), "popup": source_popup(layer, cells)})
        for cells, shape in cells_and_shapes
    ]
    yield _geojson(features, layer.title, on_each_feature=_POPUP, point_to_layer=_DOT)


def source_style(cells: Mapping[str, Any]) -> dict[str, Any]:
    """How the point of a source is drawn."""
    if not cells["releases_assessed"]:
        return {
            "radius": UNKNOWN_SOURCE_PX,
            "color": "#5a6b7f",
            "weight": 0.8,
            "fillColor": "#ffffff",
            "fillOpacity": 0.8,
        }
    rank = cells["rank"]
    fits = (radius for limit, radius in SOURCE_SIZES_PX if rank is not None and rank <= limit)
    radius = next(fits, OTHER_SOURCE_PX)
    opacity = 1 if radius > OTHER_SOURCE_PX else 0.6
    return {"radius": radius, "color": "#ffffff", "weight": 1, "fillColor": SOURCE_COLOUR, "fillOpacity": opacity}


def _cells(layer: VectorLayer, table: gpd.GeoDataFrame) -> Iterator[tuple[dict[str, Any], Any]]:
    fields = [field for field in layer.fields if field.name in table]
    columns = [table[field.name].tolist() for field in fields]
    for *values, shape in zip(*columns, table.geometry, strict=True):
        yield {field.name: json_value(field, value) for field, value in zip(fields, values, strict=True)}, shape


def _feature(shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda xy: xy.round(DECIMALS))
    return {"type": "Feature", "properties": properties, "geometry": rounded.__geo_interface__}


def _geojson(features: Features, name: str, **options: Any) -> folium.GeoJson:
    collection = {"type": "FeatureCollection", "features": features}
    return folium.GeoJson(collection, name=escape(name), style=_STYLE, **options)
