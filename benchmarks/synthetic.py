"""Inputs of the overlay benchmark: made up, the same for the same scale, and as rough as real ones.

At scale 1 they are 10 800 × 10 800 cells of 30″ around the equator, 300 000 sources and about 20 000 administrative
units; at a smaller one a smaller square around the same place: cells, sources and units are as dense as at scale 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.windows import Window
from scipy.ndimage import gaussian_filter, map_coordinates

from hotspots.grid import AnalysisGrid

CELL_DEG = 1 / 120
SIDE, SOURCES, UNITS = 10_800, 300_000, 20_000
SITES_SHARE = 0.2
"""Of the sources, how many are also contaminated sites or dumps."""
COARSE = 12
"""Cells between the nodes of the smooth part of the population."""
SEGMENTS = 16
"""Of each side of a unit, which has four."""


@dataclass(frozen=True)
class Inputs:
    """Files of one scale."""

    grid: AnalysisGrid
    population: Path
    sources: Path
    units: Path


def generate(folder: Path, scale: float, classes: int, density: float = 1.0) -> Inputs:
    """Write the inputs into ``folder``, with ``density`` times the sources."""
    side = round(SIDE * np.sqrt(scale))
    half = side * CELL_DEG / 2
    transform = Affine(CELL_DEG, 0, -half, 0, -CELL_DEG, half)
    inputs = Inputs(
        AnalysisGrid.from_transform(CRS.from_epsg(4326), transform, (side, side)),
        folder / "population.tif",
        folder / "sources.parquet",
        folder / "units.parquet",
    )
    rng = np.random.default_rng(11)
    _population(inputs, rng)
    _sources(inputs, round(SOURCES * scale * density), classes, rng)
    _units(inputs, round(np.sqrt(UNITS * scale)), rng)
    return inputs


def _population(inputs: Inputs, rng: np.random.Generator) -> None:
    """A third is sea (no data) and a fifth of the land empty; the rest is log-normal around a smooth mean."""
    side = inputs.grid.rows
    nodes = side // COARSE + 3
    land, mean, wild = (gaussian_filter(rng.normal(size=(nodes, nodes)), sigma) for sigma in (15.0, 1.0, 0.7))
    land, mean, wild = land / land.std(), mean / mean.std(), wild / wild.std()
    profile = {"driver": "GTiff", "height": side, "width": side, "count": 1, "dtype": "float32", "nodata": np.nan}
    layout = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "ZSTD", "zstd_level": 1, "predictor": 3}
    place = {"crs": CRS.from_epsg(4326), "transform": inputs.grid.transform}
    col = np.arange(side) / COARSE
    with rasterio.open(inputs.population, "w", **profile, **layout, **place, num_threads=2) as target:
        for first in range(0, side, 512):
            row = np.arange(first, min(first + 512, side)) / COARSE
            at = np.meshgrid(row, col, indexing="ij")
            people = np.exp(2 * map_coordinates(mean, at, order=1) + rng.normal(size=at[0].shape))
            people[map_coordinates(wild, at, order=1) < -0.6] = 0.0
            people[map_coordinates(land, at, order=1) < -0.43] = np.nan
            target.write(people.astype(np.float32), 1, window=Window(0, first, side, len(row)))


def _sources(inputs: Inputs, count: int, classes: int, rng: np.random.Generator) -> None:
    """Half of the sources lie in clusters of twenty, the others anywhere."""
    west, south, east, north = inputs.grid.bounds
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    clustered = rng.random(count) < 0.5
    centre = rng.integers(0, max(count // 40, 1), count)
    lon[clustered] = lon[centre[clustered]] + rng.normal(scale=0.08, size=clustered.sum())
    lat[clustered] = lat[centre[clustered]] + rng.normal(scale=0.08, size=clustered.sum())
    table = {
        "lon": np.clip(lon, west + 1e-6, east - 1e-6),
        "lat": np.clip(lat, south + 1e-6, north - 1e-6),
        "release_kg_yr": rng.lognormal(11, 1.5, count),
        "kind": rng.integers(0, classes, count).astype(np.int64),
        "land_weight": (rng.random(count) < SITES_SHARE).astype(np.float64),
    }
    pd.DataFrame(table).to_parquet(inputs.sources, index=False)


def _units(inputs: Inputs, across: int, rng: np.random.Generator) -> None:
    """``across`` × ``across`` units that fill the grid, with crooked borders that neighbours share."""
    west, south, east, north = inputs.grid.bounds
    step = (east - west) / across
    x, y = np.meshgrid(np.linspace(west, east, across + 1), np.linspace(north, south, across + 1))
    corners = np.stack([x, y], axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, (across - 1, across - 1, 2)) * step
    along, down = _lines(corners[:, :-1], corners[:, 1:]), _lines(corners[:-1], corners[1:])
    crooked = rng.uniform(-0.02, 0.02, (2, across - 1, across, SEGMENTS - 1, 2)) * step
    along[1:-1, :, 1:-1] += crooked[0]
    down[:, 1:-1, 1:-1] += crooked[1].swapaxes(0, 1)
    rings = np.concatenate(
        [along[:-1, :, :-1], down[:, 1:, :-1], along[1:, :, :0:-1], down[:, :-1, :0:-1]], axis=2
    ).reshape(across**2, -1, 2)
    units = gpd.GeoDataFrame(
        {"unit_id": [f"u{number:05d}" for number in range(across**2)]},
        geometry=shapely.polygons(rings),
        crs="OGC:CRS84",
    )
    units.to_parquet(inputs.units, index=False)


def _lines(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Lines (…, SEGMENTS + 1, 2) between pairs of points."""
    part = np.linspace(0, 1, SEGMENTS + 1)[:, None]
    return start[..., None, :] * (1 - part) + stop[..., None, :] * part
