"""GeoJSON (RFC 7946), one feature a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data_pipelines.bounds import lonlat_bounds
from data_pipelines.outputs.features import published_table
from data_pipelines.outputs.notice import notice
from hotspots.fields import Field, VectorLayer
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``vectors/<layer>.geojson`` of every published feature table."""
    for layer in publishable.vector_layers.values():
        path = folder / "vectors" / f"{layer.name}.geojson"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(collection(publishable, layer), encoding="utf-8", newline="\n")
        yield path


def collection(publishable: Publishable, layer: VectorLayer) -> str:
    """The FeatureCollection. Missing values are null, a ``json`` field is JSON and not text."""
    table = published_table(publishable, layer)
    head = {"type": "FeatureCollection", "name": layer.name}
    head |= notice(publishable, layer.title, layer.meaning)
    bounds = lonlat_bounds(table)
    members = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    if bounds is not None:
        members.append(f'"bbox": {_json(bounds)}')
    features = [_text(key, geometry, properties) for key, geometry, properties in features_of(layer, table)]
    members.append('"features": [\n' + ",\n".join(features) + "\n]")
    return "{\n" + ",\n".join(members) + "\n}\n"


def json_value(field: Field, value: object) -> object:
    """``value`` of a table cell as JSON knows it."""
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if field.kind == "json":
        return json.loads(str(value))
    if isinstance(value, np.generic):
        return value.item()
    return value


def features_of(layer: VectorLayer, table: gpd.GeoDataFrame) -> Iterator[tuple[str, BaseGeometry, dict[str, object]]]:
    """Key, geometry and properties, as JSON knows them, of every row of a `published_table`."""
    names = [name for name in table.columns if name != "geometry"]
    fields = [layer.field(name) for name in names]
    columns = [table[name].tolist() for name in names]
    for *row, geometry in zip(*columns, table.geometry, strict=True):
        properties = {field.name: json_value(field, value) for field, value in zip(fields, row, strict=True)}
        yield str(properties[layer.id_field]), geometry, properties


def _text(key: str, geometry: BaseGeometry, properties: dict[str, object]) -> str:
    return (
        f'{{"type": "Feature", "id": {_json(key)}, "geometry": {shapely.to_geojson(geometry)},'
        f' "properties": {_json(properties)}}}'
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
