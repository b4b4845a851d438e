"""PMTiles of every feature table, with the attributes that a map and its pop-ups use."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from data_pipelines.outputs.features import canonical, published_table
from data_pipelines.outputs.geojson import json_value
from data_pipelines.outputs.notice import notice
from hotspots.fields import VectorLayer
from hotspots.policy import Publishable
from tiles.build import RECIPES, TileFeatures, build

POINT_FIELDS = ("hotspot_id", "dimension", "rank", "people", "priority")
"""What the points that stand for hotspots at low zooms carry: little, for no point is ever left out of a tile."""
POLYGON_DIGITS, POINT_DIGITS = 6, 2
"""Significant digits, enough for a map; the downloads keep them all."""
VISIBLE_PX = 4
"""From the zoom at which it is this wide a hotspot is drawn as an area; before, only its point is."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``tiles/<layer>.pmtiles`` of every published feature table that has features."""
    for layer in publishable.vector_layers.values():
        table = published_table(publishable, layer)
        if table.empty:
            continue
        path = folder / "tiles" / f"{layer.name}.pmtiles"
        recipe = RECIPES[layer.name]
        if recipe.point_layer is None:
            parts = [TileFeatures(layer.name, _features(layer, table))]
        else:
            zooms = [first_zoom(shape, recipe.max_zoom) for shape in table.geometry]
            areas = TileFeatures(layer.name, _features(layer, table, zooms=zooms))
            parts = [areas, TileFeatures(recipe.point_layer, _points(layer, table))]
        said = notice(publishable, layer.title, layer.meaning)
        build(parts, recipe, path, said["title"], said["description"], said["attribution"])
        yield path


def first_zoom(shape: BaseGeometry, max_zoom: int) -> int:
    """The first zoom at which ``shape`` is VISIBLE_PX wide or high on tiles of 256 pixels."""
    west, south, east, north = shape.bounds
    pixels_at_zoom_0 = max(east - west, north - south) / 360 * 256
    if pixels_at_zoom_0 <= 0:
        return max_zoom
    return min(max(math.ceil(math.log2(VISIBLE_PX / pixels_at_zoom_0)), 0), max_zoom)


def _features(
    layer: VectorLayer, table: gpd.GeoDataFrame, *, zooms: Sequence[int] = (), digits: int = POLYGON_DIGITS
) -> tuple[str, ...]:
    """GeoJSON features; lists stay out of tiles, missing values are absent (tiles know no null)."""
    fields = [field for field in layer.fields if field.name in table and field.kind != "json"]
    columns = [table[field.name].tolist() for field in fields]
    features = []
    for number, (*values, shape) in enumerate(zip(*columns, table.geometry, strict=True)):
        cells = {field.name: json_value(field, value) for field, value in zip(fields, values, strict=True)}
        known = {name: _short(value, digits) for name, value in cells.items() if value is not None}
        text = json.dumps(known, ensure_ascii=False, allow_nan=False)
        zoom = f',"tippecanoe":{{"minzoom":{zooms[number]}}}' if zooms else ""
        features.append(f'{{"type":"Feature","properties":{text},"geometry":{shapely.to_geojson(shape)}{zoom}}}')
    return tuple(features)


def _points(layer: VectorLayer, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    places = [canonical(shape) for shape in table.geometry.representative_point()]
    points = table[[*POINT_FIELDS, "geometry"]].set_geometry(places, crs=table.crs)
    return _features(layer, points, digits=POINT_DIGITS)


def _short(value: object, digits: int) -> object:
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
