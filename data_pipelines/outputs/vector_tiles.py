"""PMTiles of every feature table, with the attributes that a map and its pop-ups use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import shapely

from data_pipelines.outputs.features import canonical, published_table
from data_pipelines.outputs.geojson import json_value
from data_pipelines.outputs.notice import notice
from hotspots.fields import VectorLayer
from hotspots.policy import Publishable
from tiles.build import RECIPES, TileFeatures, build

POINT_FIELDS = ("hotspot_id", "name", "dimension", "rank", "people", "priority", "priority_people")
"""What the points that stand for hotspots at low zooms carry: little, for they are in every tile."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``tiles/<layer>.pmtiles`` of every published feature table that has features."""
    for layer in publishable.vector_layers.values():
        table = published_table(publishable, layer)
        if table.empty:
            continue
        path = folder / "tiles" / f"{layer.name}.pmtiles"
        recipe = RECIPES[layer.name]
        parts = [TileFeatures(layer.name, _features(layer, table))]
        if recipe.point_layer is not None:
            parts.append(TileFeatures(recipe.point_layer, _points(layer, table)))
        said = notice(publishable, layer.title, layer.meaning)
        build(parts, recipe, path, said["title"], said["description"], said["attribution"])
        yield path


def _features(layer: VectorLayer, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    """GeoJSON features; lists stay out of tiles, missing values are absent (tiles know no null)."""
    fields = [field for field in layer.fields if field.name in table and field.kind != "json"]
    columns = [table[field.name].tolist() for field in fields]
    features = []
    for *values, shape in zip(*columns, table.geometry, strict=True):
        cells = {field.name: json_value(field, value) for field, value in zip(fields, values, strict=True)}
        known = {name: _short(value) for name, value in cells.items() if value is not None}
        text = json.dumps(known, ensure_ascii=False, allow_nan=False)
        features.append(f'{{"type":"Feature","properties":{text},"geometry":{shapely.to_geojson(shape)}}}')
    return tuple(features)


def _points(layer: VectorLayer, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    places = [canonical(shape) for shape in table.geometry.representative_point()]
    return _features(layer, table[[*POINT_FIELDS, "geometry"]].set_geometry(places, crs=table.crs))


def _short(value: object) -> object:
    """Six digits are enough for a map; the downloads keep them all."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
