"""An overlay in bands is what the method says of the whole grid at once."""

from __future__ import annotations

import pickle
from concurrent.futures import Future
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from pmtiles.reader import MmapSource, Reader

from benchmarks import synthetic
from benchmarks.overlay import METHOD, prepared, run_overlay
from data_pipelines.overlay import areas
from hotspots import scoring
from hotspots.blocks import threads
from hotspots.clustering import gi_star
from hotspots.delineation import delineate
from hotspots.dispersion.land import proximity_rows
from hotspots.distribution import Distribution
from hotspots.exposure import coverage

# 675 × 675 cells: bands of 512 and 163 rows.
SCALE = 1 / 256


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[synthetic.Inputs, Path]:
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "out").mkdir()
    inputs = synthetic.generate(folder, SCALE, classes=2)
    with threads() as executor:
        timings = run_overlay(inputs, folder / "out", executor)
    assert next(iter(timings.seconds)) == "sources and units"
    return inputs, folder / "out"


@pytest.fixture(scope="module")
def whole(done, tmp_path_factory) -> dict[str, np.ndarray]:
    """The same fields by the functions of the domain, on the whole grid."""
    inputs, _ = done
    job, _ = prepared(inputs, tmp_path_factory.mktemp("unused"))
    everything = slice(0, inputs.grid.rows)
    with rasterio.open(inputs.population) as source:
        people = source.read(1)
    air = job.kernels.field(job.sources, everything) * job.air_weight
    land = proximity_rows(job.sites, inputs.grid, everything, job.land)
    air[np.isnan(people)] = land[np.isnan(people)] = np.nan
    pressures = {"air": air.astype(np.float32), "land": land.astype(np.float32)}
    percentiles = {
        name: scoring.percentile(field, people, floor)
        for (name, field), floor in zip(pressures.items(), job.floors, strict=True)
    }
    burden = scoring.burden(percentiles, dict(METHOD.scoring.dimension_weights))
    exposed = np.where(people > 0, people * burden, np.nan)
    sizes = inputs.grid.row_height_m, inputs.grid.row_width_m
    gi = gi_star(exposed, sizes, METHOD.hotspots.gi_radius_m)
    spread = Distribution.of(np.where(people > 0, 10 * burden, np.nan), people)
    high = (10 * burden >= spread.quantile(0.9)) & (people > 0)
    clustered = (gi.z > 0) & (np.nan_to_num(gi.p_adjusted, nan=1) < METHOD.hotspots.significance)
    return {"people": people, "air_pressure": pressures["air"], "burden": burden, "gi_z": gi.z} | {
        "clustered": clustered,
        "high": high,
    }


@pytest.mark.parametrize(("name", "tolerance"), [("air_pressure", 1e-5), ("burden", 1e-3), ("gi_z", 1e-3)])
def test_rasters_are_those_of_the_whole_grid(done, whole, name: str, tolerance: float) -> None:
    _, folder = done
    with rasterio.open(folder / f"{name}.tif") as source:
        values = source.read(1)
    assert np.isnan(values).any() and np.nanmax(values) > 0
    np.testing.assert_array_equal(np.isnan(values), np.isnan(whole[name]))
    np.testing.assert_allclose(values, whole[name], atol=tolerance * np.nanmax(whole[name]))


def test_hotspots_are_those_of_the_whole_grid(done, whole) -> None:
    inputs, folder = done
    found = gpd.read_parquet(folder / "hotspots.parquet").sort_values("hotspot_id", ignore_index=True)
    labelled = whole["clustered"] | whole["high"]
    people = whole["people"].astype(np.float64)
    expected = delineate(labelled, inputs.grid, people, METHOD.hotspots.min_people)
    assert len(found) == len(expected.polygons) > 3
    inside = expected.labels.ravel()
    np.testing.assert_allclose(found["people"], np.bincount(inside, np.nan_to_num(people).ravel())[1:], rtol=1e-6)
    clustered = np.bincount(inside, whole["clustered"].ravel())[1:]
    np.testing.assert_array_equal(found["clustered"], clustered)
    exposed = np.bincount(inside, np.nan_to_num(people * whole["burden"]).ravel())[1:]
    np.testing.assert_allclose(found["priority_people"], exposed / 10, rtol=1e-4)
    area_km2 = np.bincount(inside, np.repeat(inputs.grid.row_area_km2, inputs.grid.cols))[1:]
    np.testing.assert_allclose(found["area_km2"], area_km2, rtol=1e-9)
    assert found.geometry.is_valid.all()
    same = shapely.equals(shapely.normalize(found.geometry.array), shapely.normalize(expected.polygons.geometry.array))
    # Coordinates of the whole grid are carried through PROJ and differ in their last bits.
    apart = shapely.area(shapely.symmetric_difference(found.geometry.array, expected.polygons.geometry.array))
    assert (same | (apart < 1e-9)).all()
    assert sorted(found["rank"]) == list(range(1, len(found) + 1))


def test_unit_figures_are_those_of_exact_coverage(done, whole) -> None:
    inputs, folder = done
    table = pd.read_parquet(folder / "units.parquet")
    cells = coverage(inputs.grid, gpd.read_parquet(inputs.units))
    people = whole["people"].astype(np.float64)
    np.testing.assert_allclose(table["people"], cells.sum(people), rtol=1e-6)
    assert (table["people"] == 0).any() and (table["burden"].isna() == (table["people"] == 0)).all()
    # Units fill the grid: nobody is lost, nobody counted twice.
    assert table["people"].sum() == pytest.approx(np.nansum(people), rel=1e-6)
    np.testing.assert_allclose(table["burden"], cells.weighted_mean(whole["burden"], people), rtol=1e-4)
    np.testing.assert_allclose(table["air_pressure"], cells.weighted_mean(whole["air_pressure"], people), rtol=1e-5)


def test_tiles_hold_the_hotspots(done) -> None:
    _, folder = done
    with (folder / "hotspots.pmtiles").open("rb") as file:
        reader = Reader(MmapSource(file))
        fields = reader.metadata()["vector_layers"][0]["fields"]
    assert {"hotspot_id", "rank", "people"} <= set(fields)


class Elsewhere:
    """An executor whose tasks see nothing but copies, as on another machine that shares the disk."""

    workers = 3

    def share(self, context):
        return pickle.dumps(context)

    def submit(self, fn, shared, item):
        done = Future()
        task = pickle.loads(pickle.dumps((fn, item)))
        done.set_result(pickle.loads(pickle.dumps(task[0](pickle.loads(shared), task[1]))))
        return done


def test_another_executor_writes_the_same_bytes(done, tmp_path) -> None:
    inputs, folder = done
    run_overlay(inputs, tmp_path, Elsewhere())
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert {path.name for path in folder.iterdir()} == {path.name for path in tmp_path.iterdir()}


def test_two_areas_that_touch_only_across_the_corner_of_two_bands_are_one() -> None:
    # Above: areas 1 and 2 end in columns 0 and 3; below, area 1 begins in column 1 and area 2 in column 5.
    above = areas.BandAreas(
        np.zeros(6, np.int32), np.array([1, 0, 0, 2, 0, 0], np.int32), np.diag([5.0, 7, 0, 0, 0])[:2]
    )
    below = areas.BandAreas(np.array([0, 1, 0, 0, 0, 2], np.int32), np.zeros(6, np.int32), np.ones((2, 5)))
    above.sums[1, 0] = 7
    joined = areas.joined([above, below], min_people=2)
    # 5 + 1 people in the first, 7 in the second; the last has one and is dropped.
    assert [number.tolist() for number in joined.number] == [[1, 2], [1, 0]]
    np.testing.assert_array_equal(joined.sums[:, 0], [6, 7])
