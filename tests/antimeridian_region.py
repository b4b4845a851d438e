"""A region of two countries across the antimeridian, Fiji-like: three towns, one of them at 180° itself.

Its population raster is written either past 180° east, or around the whole globe as publishers of national rasters do
where a country lies on both of its edges.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

REGION = "isles"
CELL_DEG = 1 / 60
WEST_DEG, NORTH_DEG = 177.0, -17.0
SHAPE = (90, 270)  # 177.0 to 181.5, -17.0 to -18.5
TOWNS = {  # west, east, people per cell; each from -17.8 to -17.7
    "Levu": (178.3, 178.4, 4_000.0),
    "Meridian": (179.95, 180.05, 3_000.0),
    "Tonga Point": (181.0, 181.1, 2_000.0),
}
RURAL_PEOPLE_PER_CELL = 2.0
PLANTS = [("W", "Levu works", 178.35), ("M", "Meridian works", 179.99), ("E", "Tonga Point works", -178.95)]

_DATASET = """
title = "{title}"
publisher = "Test"
licence = "CC0-1.0"
citation = "Made for a test"
year = 2020
redistribution = "raw"
"""


def write(folder: Path, *, whole_globe: bool) -> Path:
    """Write the region's files into ``folder``, which is then a HOTSPOTS_CONFIG."""
    regions = folder / "regions"
    regions.mkdir(parents=True)
    parts = [
        'title = "Isles"\ncountries = ["FJI", "TON"]\nincome_group = "upper_middle"\nunit_label = "division"\n',
        "transboundary_margin_km = 20.0\n",
        '[datasets.boundaries]\nadapter = "boundaries"\npath = "units.geojson"',
        _DATASET.format(title="Divisions"),
        '[datasets.boundaries.options]\nid_column = "code"\nname_column = "name"\ncountry_column = "iso"\n',
        '[datasets.people]\nadapter = "population_raster"\npath = "people.tif"',
        _DATASET.format(title="People"),
        '[datasets.facilities]\nadapter = "facility_table"\npath = "plants.csv"',
        _DATASET.format(title="Works"),
        '[datasets.facilities.options]\nposition_accuracy_m = 100.0\nquality = "B"\n',
        '[datasets.facilities.options.columns]\nid = "id"\nname = "name"\nsector = "sector"\n',
        'latitude = "lat"\nlongitude = "lon"\n',
        '[datasets.facilities.options.sectors]\n"Cement" = "mineral_products"\n',
        '[[datasets.facilities.options.releases]]\npollutant = "pm25"\nmedium = "air"\n',
        'column = "pm25"\nunit = "t/year"\n',
    ]
    (regions / f"{REGION}.toml").write_text("\n".join(parts), encoding="utf-8")
    _write_units(regions / "units.geojson")
    _write_people(regions / "people.tif", whole_globe=whole_globe)
    rows = [f"{key},{name},Cement,-17.76,{lon},500" for key, name, lon in PLANTS]
    (regions / "plants.csv").write_text("\n".join(["id,name,sector,lat,lon,pm25", *rows]) + "\n", encoding="utf-8")
    return folder


def people() -> np.ndarray:
    """People per cell (rows, cols) from 177° to 181.5°."""
    values = np.full(SHAPE, RURAL_PEOPLE_PER_CELL, dtype=np.float32)
    rows = slice(round((-17.0 + 17.7) / CELL_DEG), round((-17.0 + 17.8) / CELL_DEG))
    for west, east, per_cell in TOWNS.values():
        values[rows, round((west - WEST_DEG) / CELL_DEG) : round((east - WEST_DEG) / CELL_DEG)] = per_cell
    return values


def _write_people(path: Path, *, whole_globe: bool) -> None:
    values, west = people(), WEST_DEG
    if whole_globe:
        turn, west = round(360 / CELL_DEG), -180.0
        globe = np.full((SHAPE[0], turn), -1, dtype=np.float32)
        columns = (np.arange(SHAPE[1]) + round((WEST_DEG + 180.0) / CELL_DEG)) % turn
        globe[:, columns] = values
        values = globe
    profile = {"driver": "GTiff", "height": SHAPE[0], "width": values.shape[1], "count": 1, "dtype": "float32"}
    transform = Affine(CELL_DEG, 0, west, 0, -CELL_DEG, NORTH_DEG)
    with rasterio.open(
        path, "w", crs="EPSG:4326", transform=transform, nodata=-1, compress="deflate", **profile
    ) as file:
        file.write(values, 1)


def _write_units(path: Path) -> None:
    """West (FJI), Middle (FJI, in two parts that meet at 180°) and East (TON)."""

    def ring(west: float, east: float) -> list[list[list[float]]]:
        return [[[west, -18.5], [east, -18.5], [east, -17.0], [west, -17.0], [west, -18.5]]]

    units = [
        ("U1", "West", "FJI", [ring(177.0, 179.5)]),
        ("U2", "Middle", "FJI", [ring(179.5, 180.0), ring(-180.0, -179.5)]),
        ("U3", "East", "TON", [ring(-179.5, -178.5)]),
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "iso": iso},
            "geometry": {"type": "MultiPolygon", "coordinates": rings},
        }
        for code, name, iso, rings in units
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
