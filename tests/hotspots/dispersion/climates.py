"""Small wind climates, grids and releases that the dispersion tests share."""

from __future__ import annotations

from functools import cache

import numpy as np
from affine import Affine
from pyproj import CRS

from hotspots.blocks import threads
from hotspots.dispersion.air import STABILITIES
from hotspots.dispersion.plume import AreaReleases, PointReleases, disperse
from hotspots.dispersion.wind import WindClimate
from hotspots.grid import AnalysisGrid
from hotspots.method import AirMethod

METHOD = AirMethod(
    radius_m=20_000,
    sectors=16,
    urban_density_people_km2=1500,
    municipal_height_m=10,
    assumed_wind_speed_m_s=3.0,
    calm_below_m_s=0.5,
    node_spacing_deg=0.1,
    mixing_height_m=(),
    ambient_temperature_k=293.0,
    min_wind_coverage=0.75,
    coast_m=5_000,
    above_stacks_share=0.1,
)


def grid(lon: float = 106.0, lat: float = 15.0, cell: float = 0.01, shape: tuple[int, int] = (61, 61)) -> AnalysisGrid:
    """A geographic grid whose middle cell has its centre at (lon, lat)."""
    rows, cols = shape
    origin = Affine(cell, 0, lon - cell * cols / 2, 0, -cell, lat + cell * rows / 2)
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), origin, shape)


def climate(from_sector: dict[int, float], speed_m_s: float = 3.0, stability: str = "D") -> WindClimate:
    """One speed and stability everywhere, with the given share of time per sector."""
    frequency = np.zeros((1, 1, 16, 1, 6))
    for sector, share in from_sector.items():
        frequency[0, 0, sector, 0, STABILITIES.index(stability)] = share
    return WindClimate(frequency, np.array([speed_m_s]), np.zeros(1), np.zeros(1), 0.0, "meteorology: test", None)


ISOTROPIC = climate(dict.fromkeys(range(16), 1 / 16))
EAST_WIND = climate({4: 1.0})


@cache
def uneven() -> WindClimate:
    """Every class present, different at each of four nodes."""
    frequency = np.random.default_rng(0).random((2, 2, 16, 3, 6))
    frequency /= frequency.sum(axis=(2, 3, 4), keepdims=True)
    nodes_lat, nodes_lon = np.array([14.5, 15.5]), np.array([105.5, 106.5])
    return WindClimate(frequency, np.array([1.5, 3.0, 6.0]), nodes_lat, nodes_lon, 0.0, "meteorology: test", None)


def stacks(*rows: tuple[float, float, float, float, float]) -> PointReleases:
    """Sources as (lon, lat, release_kg_yr, height_m, position_accuracy_m), their gas unknown."""
    lon, lat, release, height, accuracy = np.array(rows, dtype=float).reshape(-1, 5).T
    ids = np.array([f"s{index}" for index in range(len(rows))], dtype=str)
    unknown = np.full(len(rows), np.nan)
    return PointReleases(ids, lon, lat, release, height, accuracy, unknown, unknown, unknown)


def field(
    on: AnalysisGrid,
    winds: WindClimate,
    points: PointReleases | None = None,
    area_kg_yr: np.ndarray | None = None,
    urban: np.ndarray | None = None,
    half_life_s: float | None = None,
    method: AirMethod = METHOD,
    workers: int = 2,
) -> np.ndarray:
    """disperse() with everything left out empty."""
    with threads(workers) as executor:
        return disperse(
            on,
            points if points is not None else stacks(),
            AreaReleases(np.zeros(on.shape) if area_kg_yr is None else area_kg_yr),
            np.zeros(on.shape, dtype=bool) if urban is None else urban,
            winds,
            half_life_s,
            method,
            executor,
        )
