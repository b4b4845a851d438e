"""The overlay of DESIGN.md, section 11, against reading its inputs and writing its outputs once.

``python -m benchmarks.overlay --scale 1/16 --json FILE`` runs one size: docs/performance.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import rasterio

from benchmarks import synthetic
from benchmarks.synthetic import Inputs
from config import load
from data_pipelines.outputs.cog_file import About, CogScratch
from data_pipelines.overlay.job import RASTERS, Job
from data_pipelines.overlay.run import Timings, overlay
from hotspots.blocks import Executor, run, threads
from hotspots.dispersion.kernels import Release, radial_table
from hotspots.dispersion.land import Sites
from hotspots.dispersion.shared import GriddedSources, SharedKernels
from hotspots.dispersion.wind import climatology
from hotspots.zonal import Outlines

METHOD = load.method("screening")
HEIGHTS_M = (50.0, 10.0, 100.0, 150.0, 200.0)
"""Effective heights of the classes of sources."""
PM25_GUIDELINE_UG_M3 = 5.0
WARM_UP_SCALE = 1 / 256


def prepared(inputs: Inputs, folder: Path) -> tuple[Job, gpd.GeoDataFrame]:
    """Read the sources and units; the population is read band by band."""
    table = pq.read_table(inputs.sources)
    lon, lat, release, kind, weight = (
        table[name].to_numpy() for name in ("lon", "lat", "release_kg_yr", "kind", "land_weight")
    )
    units = gpd.read_parquet(inputs.units)
    climate = climatology(None, inputs.grid, METHOD.air)
    sky = climate.at(0.0, 0.0), climate.speed_m_s
    heights = HEIGHTS_M[: int(kind.max()) + 1]
    job = Job(
        grid=inputs.grid,
        population=inputs.population,
        sources=GriddedSources.of(inputs.grid, lon, lat, release, kind),
        kernels=SharedKernels(
            inputs.grid, [radial_table(Release(*sky, h, None, "rural"), METHOD.air) for h in heights]
        ),
        air_weight=1 / PM25_GUIDELINE_UG_M3,
        sites=Sites.of(inputs.grid, lon, lat, weight),
        land=METHOD.land,
        outlines=Outlines.of(inputs.grid, units),
        floors=(METHOD.scoring.de_minimis_share, float(np.finfo(np.float64).tiny)),
        scoring=METHOD.scoring,
        hotspots=METHOD.hotspots,
        folder=folder,
    )
    return job, units


def run_overlay(inputs: Inputs, folder: Path, executor: Executor) -> Timings:
    """Seconds of each stage of one overlay from its files to its files."""
    timings = Timings()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        with timings.stage("sources and units"):
            job, units = prepared(inputs, Path(scratch))
        overlay(job, units, folder, executor, timings)
    return timings


def run_io(inputs: Inputs, folder: Path, executor: Executor) -> Timings:
    """Seconds of reading the same files and writing the same outputs from memory, each by the fastest means known."""
    timings = Timings()
    with timings.stage("read"):
        rows = range(0, inputs.grid.rows, 512)
        for _ in run(executor, _read_band, inputs, rows):
            pass
        pq.read_table(inputs.sources)
        pq.read_table(inputs.units)
    written = folder / "io"
    written.mkdir(exist_ok=True)
    for name in RASTERS:
        with rasterio.open(folder / f"{name}.tif", num_threads=2) as source:
            values = source.read(1)
        with tempfile.TemporaryDirectory(dir=folder) as scratch, timings.stage(f"write {name}"):
            file = CogScratch(Path(scratch), inputs.grid.shape, extensive=False)
            for _ in run(executor, _write_band, (file, values), range(file.bands())):
                pass
            file.finish(written / f"{name}.tif", About(inputs.grid, {"TITLE": name}, name, ""), executor)
        del values
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in ("hotspots", "units")}
    tiles = (folder / "hotspots.pmtiles").read_bytes()
    with timings.stage("write tables and tiles"):
        for name, table in tables.items():
            pq.write_table(table, written / f"{name}.parquet", compression="zstd")
        (written / "hotspots.pmtiles").write_bytes(tiles)
    return timings


def _read_band(inputs: Inputs, first: int) -> None:
    window = rasterio.windows.Window(0, first, inputs.grid.cols, min(512, inputs.grid.rows - first))
    with rasterio.open(inputs.population) as source:
        source.read(1, window=window)


def _write_band(context: tuple[CogScratch, np.ndarray], band: int) -> None:
    file, values = context
    file.write(band, values[512 * band : 512 * (band + 1)])


def measure(inputs: Inputs, small: Inputs, folder: Path, repeats: int) -> dict[str, object]:
    """Overlay and input/output in turn, in this process, after a warm-up that compiles everything."""
    with threads() as executor:
        run_overlay(small, folder / "warm", executor)
        run_io(small, folder / "warm", executor)
        runs = []
        for number in range(repeats):
            work = run_overlay(inputs, folder / "out", executor)
            if number == 0:
                peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            runs.append((work, run_io(inputs, folder / "out", executor)))
    seconds, io_seconds = (median(sum(run[part].seconds.values()) for run in runs) for part in (0, 1))
    cpu, io_cpu = (median(sum(run[part].cpu_seconds.values()) for run in runs) for part in (0, 1))
    return {
        "seconds": round(seconds, 3),
        "io_seconds": round(io_seconds, 3),
        "ratio_to_io": round(median(sum(w.seconds.values()) / sum(io.seconds.values()) for w, io in runs), 3),
        "cpu_seconds": round(cpu, 3),
        "io_cpu_seconds": round(io_cpu, 3),
        "peak_mib": round(peak_kib / 1024, 1),
        "hotspots": pq.read_metadata(folder / "out" / "hotspots.parquet").num_rows,
        "stages": _by_stage([work for work, _ in runs]),
        "io_stages": _by_stage([io for _, io in runs]),
    }


def _by_stage(runs: Sequence[Timings]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "seconds": round(median(run.seconds[name] for run in runs), 3),
            "cpu_seconds": round(median(run.cpu_seconds[name] for run in runs), 3),
        }
        for name in runs[0].seconds
    }


def measured(scale: float, classes: int, density: float, repeats: int) -> dict[str, object]:
    """Make the inputs and measure, each in a process of its own, so that the peak is the overlay's alone."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in ("inputs", "small", "warm", "out"):
            (folder / kind).mkdir()
        with context.Pool(1) as pool:
            inputs = pool.apply(synthetic.generate, (folder / "inputs", scale, classes, density))
            small = pool.apply(synthetic.generate, (folder / "small", WARM_UP_SCALE, classes, density))
        with context.Pool(1) as pool:
            figures = pool.apply(measure, (inputs, small, folder, repeats))
    about = {"scale": scale, "cells": inputs.grid.rows * inputs.grid.cols, "kernel_classes": classes}
    return about | {"times_the_sources": density, "repeats": repeats} | figures


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=lambda text: float(Fraction(text)), required=True, help="1/16, 1/4 or 1")
    parser.add_argument("--classes", type=int, default=1, help="classes of sources with a kernel each, 1 to 5")
    parser.add_argument("--sources", type=float, default=1.0, help="times as many sources as the scale has")
    parser.add_argument("--repeats", type=int, default=3, help="of which the median counts")
    parser.add_argument("--json", type=Path, required=True, help="file for the figures")
    given = parser.parse_args()
    figures = measured(given.scale, given.classes, given.sources, given.repeats)
    given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
