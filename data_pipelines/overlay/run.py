"""The passes of an overlay in order, and the files they end in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data_pipelines.outputs.cog_file import About
from data_pipelines.overlay import areas
from data_pipelines.overlay.job import RASTERS, Job
from data_pipelines.overlay.passes import Concentration, Scored, Spread, cluster, disperse, score
from data_pipelines.overlay.tiles import write_tiles
from hotspots.blocks import Executor, run
from hotspots.clustering import Moments, disc, possible_threshold, threshold
from hotspots.distribution import Distribution

LEAST_PEOPLE = 1e-6
UNITS = {"air_pressure": "hazard quotient", "burden": "0–10", "gi_z": "standard deviations"}


@dataclass(frozen=True)
class Timings:
    """Wall and processor seconds of each stage, in order; the latter of this process and of the tools it runs."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        start, cpu = time.perf_counter(), sum(os.times()[:4])
        yield
        self.seconds[name] = time.perf_counter() - start
        self.cpu_seconds[name] = sum(os.times()[:4]) - cpu


def overlay(job: Job, units: gpd.GeoDataFrame, folder: Path, executor: Executor, timings: Timings) -> None:
    """Run ``job`` and write its rasters, tables and tiles.

    Files: ``air_pressure.tif``, ``burden.tif``, ``gi_z.tif``; ``hotspots.parquet``, ``units.parquet``;
    ``hotspots.pmtiles``.

    Parameters
    ----------
    units:
        The polygons of ``job.outlines``, in their order, with ``unit_id``.
    """
    job.prepare()
    with timings.stage("dispersion"):
        spread = Spread.merged(run(executor, disperse, job, job.bands))
    with timings.stage("burden, zonal figures"):
        scored = list(run(executor, score, (job, spread), job.bands))
        write_units(units, np.sum([part.by_unit for part in scored], axis=0), folder)
    with timings.stage("clustering"):
        whole = concentration(job, scored)
        strength = Distribution.merged(run(executor, cluster, (job, whole), job.bands))
        least = least_discovery(job, strength, whole.exposure.count, executor)
    with timings.stage("hotspots"):
        hotspots = find_hotspots(job, least, executor)
        hotspots.to_parquet(folder / "hotspots.parquet", compression="zstd", index=False)
    with timings.stage("overviews, files and tiles"), ThreadPoolExecutor(1) as beside:
        tiles = beside.submit(write_tiles, hotspots, folder / "hotspots.pmtiles")
        for name in RASTERS:
            about = About(job.grid, {"TITLE": name, "UNIT": UNITS[name]}, name, UNITS[name])
            job.raster(name).finish(folder / f"{name}.tif", about, executor)
        tiles.result()


def concentration(job: Job, scored: Sequence[Scored]) -> Concentration:
    """What the whole grid tells each band about people × burden."""
    return Concentration(
        Moments.merged(part.exposure for part in scored),
        disc(job.grid.row_height_m, job.grid.row_width_m, job.hotspots.gi_radius_m),
        Distribution.merged(part.priority for part in scored),
    )


def least_discovery(job: Job, strength: Distribution, count: int, executor: Executor) -> float:
    """The z from which on a cell is clustered: its adjusted p (Benjamini–Hochberg) is below the significance."""
    low, high = possible_threshold(strength, count, job.hotspots.significance)
    if np.isinf(low):
        return np.inf
    near = np.concatenate(list(run(executor, areas.between, (job, (low, high)), job.bands)))
    above = strength.at_or_above(high)
    return threshold(near, high, above, count, job.hotspots.significance)


def find_hotspots(job: Job, least: float, executor: Executor) -> gpd.GeoDataFrame:
    """The hotspots by rank: most priority-weighted people first."""
    found = areas.joined(list(run(executor, areas.connect, (job, least), job.bands)), job.hotspots.min_people)
    parts = list(run(executor, areas.outline, (job, found), job.bands))
    table = pd.DataFrame(found.sums, columns=list(areas.SUMS))
    table["burden"] = table.pop("burden_people") / table["people"]
    table["priority_people"] = table["people"] * table["burden"] / 10
    table["rank"] = table["priority_people"].rank(method="first", ascending=False).astype("int64")
    table["hotspot_id"] = [f"hotspot-{number:06d}" for number in range(1, len(table) + 1)]
    outlines = areas.assembled(parts, len(table))
    return gpd.GeoDataFrame(table, geometry=outlines, crs=job.grid.crs).sort_values("rank", ignore_index=True)


def write_units(units: gpd.GeoDataFrame, sums: np.ndarray, folder: Path) -> None:
    """``units.parquet``: people, people-weighted air pressure and burden of each unit, and its rank."""
    # Sums along an outline leave rounding where nobody lives.
    people = np.where(sums[:, 0] < LEAST_PEOPLE, 0.0, sums[:, 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(people[:, None] > 0, sums[:, 1:] / people[:, None], np.nan)
    table = pd.DataFrame(
        {
            "unit_id": units["unit_id"].to_numpy(),
            "people": people,
            "air_pressure": means[:, 0],
            "burden": means[:, 1],
            "priority_people": sums[:, 2] / 10,
        }
    )
    table["rank"] = table["priority_people"].rank(method="first", ascending=False).astype("int64")
    table.to_parquet(folder / "units.parquet", compression="zstd", index=False)
