"""A region around the soil samples of the Meuse flood plain near Stein: real samples, people of GeoNames' places."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from affine import Affine

REGION = "meuse"
WEST, NORTH, CELL_DEG = 5.60, 51.06, 1 / 120
SHAPE = (18, 36)
EAST, SOUTH = WEST + SHAPE[1] * CELL_DEG, NORTH - SHAPE[0] * CELL_DEG

_HEAD = """title = "Meuse at Stein"
countries = ["NLD", "BEL"]
income_group = "high"
transboundary_margin_km = 5.0
unit_label = "district"
"""
_DATASET = """
[datasets.{id}]
adapter = "{adapter}"
path = "{path}"
title = "{id}"
publisher = "test"
licence = "CC-BY-4.0"
citation = "test"
year = 2020
redistribution = "raw"
"""
_OPTIONS = """
[datasets.boundaries.options]
id_column = "code"
name_column = "name"
whole_countries = false
[datasets.soil.options]
crs = "EPSG:28992"
elements = [
  { pollutant = "cd", column = "cadmium", unit = "mg/kg" },
  { pollutant = "cu", column = "copper", unit = "mg/kg" },
  { pollutant = "pb", column = "lead", unit = "mg/kg" },
  { pollutant = "zn", column = "zinc", unit = "mg/kg" },
]
"""


def write(folder: Path, shared: Path) -> Path:
    """Write the region's files into ``folder``, which is then a HOTSPOTS_CONFIG; ``shared`` holds the real data."""
    regions = folder / "regions"
    regions.mkdir(parents=True)
    _write_people(regions / "people.tif", shared / "rhine" / "places" / "cities.csv")
    _write_districts(regions / "districts.geojson")
    datasets = [
        ("boundaries", "boundaries", "districts.geojson"),
        ("population", "population_raster", "people.tif"),
        ("soil", "samples", str(shared / "soil" / "meuse.csv")),
    ]
    text = "".join(_DATASET.format(id=name, adapter=adapter, path=path) for name, adapter, path in datasets)
    (regions / f"{REGION}.toml").write_text(_HEAD + text + _OPTIONS, encoding="utf-8")
    return folder


def _write_people(path: Path, places: Path) -> None:
    """The people of each populated place in the cell it lies in."""
    table = pd.read_csv(places, usecols=["longitude", "latitude", "population"])
    col = np.floor((table["longitude"] - WEST) / CELL_DEG).astype(int)
    row = np.floor((NORTH - table["latitude"]) / CELL_DEG).astype(int)
    inside = (row >= 0) & (row < SHAPE[0]) & (col >= 0) & (col < SHAPE[1])
    people = np.zeros(SHAPE, dtype=np.float32)
    np.add.at(people, (row[inside], col[inside]), table["population"][inside])
    profile = {"driver": "GTiff", "height": SHAPE[0], "width": SHAPE[1], "count": 1, "dtype": "float32"}
    transform = Affine(CELL_DEG, 0, WEST, 0, -CELL_DEG, NORTH)
    with rasterio.open(path, "w", **profile, crs="EPSG:4326", transform=transform, nodata=-9999.0) as file:
        file.write(people, 1)


def _write_districts(path: Path) -> None:
    """North and south of 50.97° N, which runs through the sampled flood plain."""
    features = []
    for name, south, north in (("North", 50.97, NORTH), ("South", SOUTH, 50.97)):
        ring = [[WEST, south], [EAST, south], [EAST, north], [WEST, north], [WEST, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": name, "name": name}, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
