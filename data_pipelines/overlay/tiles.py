"""Vector tiles of an overlay's hotspots."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from tiles.build import RECIPES, TileFeatures, TileRecipe, build

MAX_ZOOM = 8
"""A cell of 30″ is three pixels wide there."""
FIELDS = ("rank", "people", "burden", "clustered", "high_priority")


def write_tiles(hotspots: gpd.GeoDataFrame, path: Path) -> None:
    """``path`` (PMTiles): each hotspot as an area, with its rank and figures."""
    figures = zip(
        hotspots["hotspot_id"], *(hotspots[name].to_numpy().round(2).tolist() for name in FIELDS), strict=True
    )
    properties = [json.dumps(dict(zip(("hotspot_id", *FIELDS), values, strict=True))) for values in figures]
    geometry = shapely.to_geojson(np.asarray(hotspots.geometry.array))
    features = tuple(
        f'{{"type": "Feature", "properties": {text}, "geometry": {shape}}}'
        for text, shape in zip(properties, geometry, strict=True)
    )
    recipe = TileRecipe(MAX_ZOOM, RECIPES["hotspots"].options)
    build([TileFeatures("hotspots", features)], recipe, path, "Hotspots", "Areas of an overlay", "")
