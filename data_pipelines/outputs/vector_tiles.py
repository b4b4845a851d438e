"""PMTiles of every feature table, with the attributes that a map and its pop-ups use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from data_pipelines.outputs.features import MANY_UNITS, canonical, disputed, groups, published_table
from data_pipelines.outputs.geojson import json_value
from data_pipelines.outputs.notice import notice
from hotspots.fields import VectorLayer
from hotspots.policy import Publishable
from tiles.boundaries import boundary_lines
from tiles.build import RECIPES, TileFeatures, TileRecipe, build
from tiles.zooms import room_for, wide_enough

POINT_FIELDS = ("hotspot_id", "dimension", "rank", "priority", "tags")
"""What the points that stand for hotspots at low zooms carry: little, for no point is ever left out of a tile."""
SOURCE_FIELDS = (
    "source_id", "name", "kind", "sector", "country", "transboundary", "status", "year", "releases_assessed", "rank",
    "tags", "quality",
)  # fmt: skip
UNIT_FIELDS = (
    "unit_id", "name", "group", "status", "claimants", "rank", "people", "area_km2", "priority", "burden",
    "hotspot_count",
)  # fmt: skip
DIGITS, FEW_DIGITS = 6, 2
"""Significant digits, enough for a map; the downloads keep them all."""
VISIBLE_PX = 4
"""From the zoom at which it is this wide a hotspot is drawn as an area; before, only its point is."""
SOURCES_PER_TILE = 1500
OBSERVATIONS_PER_TILE = 500
UNITS_PER_TILE = 1000
"""More would make a tile of more than 50 KB."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``tiles/<layer>.pmtiles`` of every published feature table that has features."""
    for layer in publishable.vector_layers.values():
        table = published_table(publishable, layer)
        if table.empty:
            continue
        path = folder / "tiles" / f"{layer.name}.pmtiles"
        recipe = RECIPES[layer.name]
        parts = _PARTS.get(layer.name, _plain)(layer, table, recipe)
        said = notice(publishable, layer.title, layer.meaning)
        build(parts, recipe, path, said["title"], said["description"], said["attribution"])
        yield path


def _plain(layer: VectorLayer, table: gpd.GeoDataFrame, recipe: TileRecipe) -> list[TileFeatures]:
    return [TileFeatures(layer.name, _features(layer, table))]


def _hotspots(layer: VectorLayer, table: gpd.GeoDataFrame, recipe: TileRecipe) -> list[TileFeatures]:
    """Areas as soon as they can be seen, and a point of each at every zoom."""
    zooms = [{"minzoom": wide_enough(shape, VISIBLE_PX, recipe.max_zoom)} for shape in table.geometry]
    places = canonical(table.geometry.representative_point().to_numpy())
    points = table[[*POINT_FIELDS, "geometry"]].set_geometry(places, crs=table.crs)
    return [
        TileFeatures(layer.name, _features(layer, table, zooms)),
        TileFeatures(f"{layer.name}_points", _features(layer, points, digits=FEW_DIGITS)),
    ]


def _sources(layer: VectorLayer, table: gpd.GeoDataFrame, recipe: TileRecipe) -> list[TileFeatures]:
    """Sources by rank: where a tile is full, those of no rank and then those of the lowest wait for the next zoom."""
    ordered = table[[*SOURCE_FIELDS, "geometry"]].sort_values("rank", kind="stable", na_position="last")
    places = ordered.geometry
    first = room_for(places.x.to_numpy(), places.y.to_numpy(), SOURCES_PER_TILE, recipe.max_zoom)
    return [TileFeatures(layer.name, _features(layer, ordered, [{"minzoom": int(zoom)} for zoom in first]))]


def _observations(layer: VectorLayer, table: gpd.GeoDataFrame, recipe: TileRecipe) -> list[TileFeatures]:
    """Measured values, the highest for their standard first: where a tile is full, the others wait."""
    ordered = table.sort_values("exceedance_ratio", ascending=False, kind="stable", na_position="last")
    first = room_for(
        ordered.geometry.x.to_numpy(), ordered.geometry.y.to_numpy(), OBSERVATIONS_PER_TILE, recipe.max_zoom
    )
    return [TileFeatures(layer.name, _features(layer, ordered, [{"minzoom": int(zoom)} for zoom in first]))]


def _units(layer: VectorLayer, table: gpd.GeoDataFrame, recipe: TileRecipe) -> list[TileFeatures]:
    """Units; where they are many, up to the zoom at which tiles have room for all, the groups they form.

    A point of each (``admin_points``) carries its name in every language that it has one in. Where some are disputed,
    the lines between units are a layer of their own (``admin_lines``).
    """
    pressures = [field.name for field in layer.fields if field.name.endswith("_pressure") and field.name in table]
    local = [field.name for field in layer.fields if field.name.startswith("name_") and field.name in table]
    units = table[[*(name for name in UNIT_FIELDS if name in table), *pressures, *local, "geometry"]]
    drawn: list[tuple[gpd.GeoDataFrame, Mapping[str, int]]] = [(units, {})]
    if len(units) > MANY_UNITS:
        places = units.geometry.representative_point()
        first = int(np.max(room_for(places.x.to_numpy(), places.y.to_numpy(), UNITS_PER_TILE, recipe.max_zoom)))
        larger = groups(table)
        drawn = [(larger.assign(name=larger["group"]), {"maxzoom": first - 1}), (units, {"minzoom": first})]
    areas: list[str] = []
    names: list[str] = []
    for some, zooms in drawn:
        areas += _features(layer, some.drop(columns=local, errors="ignore"), [zooms] * len(some))
        places = canonical(some.geometry.representative_point().to_numpy())
        points = some[["name", *(name for name in local if name in some), "geometry"]].set_geometry(places)
        names += _features(layer, points, [zooms] * len(some))
    return [
        TileFeatures(layer.name, tuple(areas)),
        TileFeatures(f"{layer.name}_points", tuple(names)),
        *_lines(layer, drawn),
    ]


def _lines(layer: VectorLayer, drawn: Sequence[tuple[gpd.GeoDataFrame, Mapping[str, int]]]) -> list[TileFeatures]:
    """The lines between units with whether they are ``disputed``; no layer where none is. Each table has its zooms."""
    if not any(disputed(units).any() for units, _ in drawn):
        return []
    features = []
    for units, zooms in drawn:
        found = boundary_lines(units.geometry.to_numpy(), disputed(units))
        for contested, lines in zip((False, True), found, strict=True):
            about = {"type": "Feature", "properties": {"disputed": contested}, "tippecanoe": zooms}
            if not lines.is_empty:
                features.append(f'{json.dumps(about)[:-1]}, "geometry": {shapely.to_geojson(lines)}}}')
    return [TileFeatures(f"{layer.name}_lines", tuple(features))]


_PARTS: Mapping[str, Callable[[VectorLayer, gpd.GeoDataFrame, TileRecipe], list[TileFeatures]]] = {
    "hotspots": _hotspots,
    "sources": _sources,
    "admin": _units,
    "observations": _observations,
}
"""How the features of a layer become tile layers; of all others every feature is drawn with all its fields."""


def _features(
    layer: VectorLayer, table: gpd.GeoDataFrame, zooms: Sequence[Mapping[str, int]] = (), digits: int = DIGITS
) -> tuple[str, ...]:
    """GeoJSON features; lists stay out of tiles, missing values are absent (tiles know no null).

    ``zooms`` says, feature by feature, between which zooms tippecanoe shall draw it.
    """
    fields = [field for field in layer.fields if field.name in table and field.kind != "json"]
    columns = [table[field.name].tolist() for field in fields]
    features = []
    for number, (*values, shape) in enumerate(zip(*columns, table.geometry, strict=True)):
        cells = {field.name: json_value(field, value) for field, value in zip(fields, values, strict=True)}
        feature: dict[str, Any] = {"type": "Feature"}
        feature["properties"] = {name: _short(value, digits) for name, value in cells.items() if value is not None}
        feature |= {"tippecanoe": zooms[number]} if zooms else {}
        text = json.dumps(feature, ensure_ascii=False, allow_nan=False)
        features.append(f'{text[:-1]}, "geometry": {shapely.to_geojson(shape)}}}')
    return tuple(features)


def _short(value: object, digits: int) -> object:
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
