"""The edition that everybody serves: made up, written by the project's writers, published in a store.

A square of 45° around the equator: three rasters of 5 400 × 5 400 cells of 30″, 200 000 sources (points) and about
4 900 administrative units (polygons).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import xarray as xr

from benchmarks.synthetic import SOURCES, Inputs, generate
from data_pipelines.outputs import citation, codebook, cog, feature_store, geojson, raster_tiles, vector_tiles
from data_pipelines.outputs.write import Writer
from hotspots.editions import Edition, Store, draft
from hotspots.policy import publishable
from hotspots.result import Assessment, Totals
from tests import miniature

SCALE = 1 / 4
FEATURES = 200_000
SECTORS = ("public_electricity", "waste_disposal", "road_traffic", "household")

WRITERS: tuple[Writer, ...] = (
    vector_tiles.write,
    raster_tiles.write,
    cog.write,
    feature_store.write,
    geojson.write,
    codebook.write,
    citation.write,
)
"""Those whose files are asked for here, and what every edition must have."""


def published(home: Path, scratch: Path) -> Edition:
    """The edition, published in a new store in ``home``."""
    inputs = generate(scratch, SCALE, classes=len(SECTORS), density=FEATURES / (SOURCES * SCALE))
    made = publishable(_assessment(inputs), miniature.POLICY)
    files = {"census": [inputs.population], "facilities": [inputs.sources]}
    store = Store(home)
    with store.staging() as staged:
        for write in WRITERS:
            list(write(made, staged))
        store.publish(staged, draft(made, files))
    return store.current(miniature.REGION.id)


def _assessment(inputs: Inputs) -> Assessment:
    """The hand-made miniature, grown: what is not served here stays as small as it is."""
    small = miniature.assessment()
    with rasterio.open(inputs.population) as file:
        people = file.read(1)
    layers = {"people": people, "priority": _priority(people), "burden": _priority(people) / 10}
    total = float(np.nansum(people))
    return dataclasses.replace(
        small,
        grid=inputs.grid,
        layers=xr.Dataset({name: inputs.grid.dataarray(values, name) for name, values in layers.items()}),
        sources=_sources(inputs, small.sources),
        units=_units(inputs, small.units),
        totals=Totals(total, total, 0.0),
    )


def _priority(people: np.ndarray) -> np.ndarray:
    """0 to 100, smooth on top of the people: enough for every class to be met."""
    row, col = (np.arange(count) / 150 for count in people.shape)
    wave = 2 + np.sin(row)[:, None] + np.cos(col)[None, :]
    return (12.5 * wave * (1 + np.tanh(np.log1p(people) - 1.5))).astype(np.float32)


def _sources(inputs: Inputs, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table = pd.read_parquet(inputs.sources)
    release = table["release_kg_yr"]
    number = np.arange(len(table)) + 1
    values = {
        "source_id": [f"facilities:{n}" for n in number],
        "name": [f"Plant {n}" for n in number],
        "sector": np.array(SECTORS)[table["kind"]],
        "release_pm25_kg_yr": release,
        "rank": release.rank(ascending=False, method="first").astype("Int64"),
        "air_exposure_removed": release / 10,
    }
    return _grown(like, values, gpd.points_from_xy(table["lon"], table["lat"]))


def _units(inputs: Inputs, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    units = gpd.read_parquet(inputs.units)
    # Crooked borders may cross each other.
    units = units[units.is_valid].reset_index(drop=True)
    number = np.arange(len(units)) + 1
    values = {
        "unit_id": units["unit_id"],
        "name": [f"Unit {n}" for n in number],
        "rank": pd.array(number, dtype="Int64"),
        "people": number * 100.0,
        "area_km2": number * 1.0,
        "priority": 100.0 * number / len(units),
    }
    return _grown(like, values, units.geometry.to_numpy())


def _grown(like: gpd.GeoDataFrame, values: dict[str, object], places: object) -> gpd.GeoDataFrame:
    """As many rows as there are ``places``, each as the first of ``like`` but for ``values``."""
    rows = like.iloc[np.zeros(len(places), int)].reset_index(drop=True)
    return rows.assign(**values).set_geometry(gpd.GeoSeries(places, crs=like.crs))
