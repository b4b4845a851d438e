"""What every adapter promises: a new one needs one line in CASES."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data_pipelines.contract import Facilities, GriddedReleases, Population, Read, Units
from data_pipelines.registry import adapters
from hotspots.errors import InputError
from hotspots.inputs import AmbientField, Characteristic, Elevation, FlowNetwork, Wind
from hotspots.quality import COMMON_ISSUES
from hotspots.schemas import INTAKES, LAKES, OBSERVATIONS, PLACES, PROTECTED, RELEASES, SOURCES, UNITS
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import FIXTURES
from tests.data_pipelines.sources import rasters, river_plastic

RIVER_OPTIONS = {
    "runoff_mm_yr": 400.0,
    "flow_citation": "test",
    "water_temperature_c": 15.0,
    "whole_basins": True,
}
SAMPLE_OPTIONS = {"id": "code", "elements": [{"pollutant": "cd", "column": "Cd mg/kg", "unit": "mg/kg"}]}
BOUNDARY_OPTIONS = {"id_column": "code", "name_column": "name"}


@dataclass(frozen=True)
class Case:
    """An adapter with files to read; ``tables`` are those whose order of rows must not matter."""

    adapter: str
    files: Callable[[Path], dict[str, Path]]
    options: dict[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()


def fixture(**names: str) -> Callable[[Path], dict[str, Path]]:
    return lambda _: {key: FIXTURES / name for key, name in names.items()}


CASES = [
    Case("boundaries", fixture(file="units.geojson"), BOUNDARY_OPTIONS),
    Case("places", fixture(file="places.csv"), tables=("file",)),
    Case("gppd", fixture(file="plants.csv"), tables=("file",)),
    Case("tri", fixture(file="tri_2020_us.csv"), tables=("file",)),
    Case(
        "eprtr",
        fixture(facilities="2_ProductionFacility.csv", releases="2f_PollutantRelease.csv"),
        tables=("facilities", "releases"),
    ),
    Case("climate_trace", fixture(file="climate_trace.csv"), tables=("file",)),
    Case("openaq", fixture(file="openaq.csv"), tables=("file",)),
    Case("facility_table", fixture(file="facilities.csv"), miniature.FACILITY_OPTIONS, ("file",)),
    Case("protected_areas", fixture(file="protected.csv"), tables=("file",)),
    Case("population_from_census", fixture(file="census.csv"), miniature.CENSUS_OPTIONS, ("file",)),
    Case("population_raster", lambda folder: {"file": rasters.population(folder / "people.tif")}),
    Case("flow_direction", lambda folder: {"file": rasters.directions(folder / "d8.tif")}, RIVER_OPTIONS),
    Case("flow_from_elevation", lambda folder: {"file": rasters.population(folder / "dem.tif")}, RIVER_OPTIONS),
    Case("lakes", fixture(file="lakes.csv"), tables=("file",)),
    Case("intakes", fixture(file="intakes.csv"), tables=("file",)),
    Case("sub_basins", lambda folder: {"file": rasters.directions(folder / "d8.tif")}, {"rest": "Rest"}),
    Case(
        "ambient_field",
        lambda folder: {"file": rasters.population(folder / "pm25.tif")},
        {"pollutant": "pm25", "unit": "µg/m³"},
    ),
    Case("age_sex_rasters", rasters.children),
    Case(
        "characteristic_raster",
        lambda folder: {"file": rasters.population(folder / "poor.tif", np.full((6, 8), 40.0))},
        {"kind": "poor", "measure": "percent"},
    ),
    Case("unit_characteristics", fixture(file="groups.csv"), miniature.GROUP_OPTIONS, ("file",)),
    Case("wind", lambda folder: {"file": rasters.wind(folder / "wind.nc")}),
    Case("river_plastic", river_plastic.mouths, {"replaces": ["waste"]}),
    Case("hydrowaste", fixture(file="hydrowaste.csv"), tables=("file",)),
    Case("edgar", lambda folder: {"PM2.5_RCO": rasters.edgar(folder / "edgar.nc")}),
    Case("terrain", lambda folder: {"file": rasters.terrain(folder / "terrain.nc")}),
    Case("samples", fixture(file="samples.csv"), SAMPLE_OPTIONS, ("file",)),
    Case(
        "airnow_monitors",
        fixture(hourly="hours.csv", stations="stations.csv"),
        {"pollutant": "pm25"},
        ("hourly", "stations"),
    ),
]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.adapter)


def read(case: Case, files: dict[str, Path]) -> Read[Any]:
    return miniature.read(case.adapter, files, case.options)


def test_every_adapter_has_a_case():
    assert [case.adapter for case in sorted(CASES, key=lambda case: case.adapter)] == list(adapters())


@each_case
def test_values_follow_the_schema_and_rows_are_accounted_for(case, tmp_path):
    found = read(case, case.files(tmp_path))
    check_value(found.value)
    names = {path.name for path in case.files(tmp_path).values()}
    for quality in found.quality:
        assert quality.dataset == "mini"
        assert quality.file in names
        assert quality.rows_in == quality.rows_used + quality.rows_quarantined
        assert quality.rows_quarantined == len({i.row for i in quality.issues if i.outcome == "quarantined"})
        assert {issue.reason for issue in quality.issues} <= set(COMMON_ISSUES)
        assert all(1 <= issue.row <= quality.rows_in for issue in quality.issues)


@each_case
def test_reading_twice_gives_the_same(case, tmp_path):
    files = case.files(tmp_path)
    first, second = read(case, files), read(case, files)
    assert_same(first.value, second.value)
    assert first.quality == second.quality


@pytest.mark.parametrize("case", [case for case in CASES if case.tables], ids=lambda case: case.adapter)
def test_the_order_of_rows_changes_nothing_but_row_numbers(case, tmp_path):
    files = case.files(tmp_path)
    shuffled = {name: shuffle(path, tmp_path) if name in case.tables else path for name, path in files.items()}
    first, second = read(case, files), read(case, shuffled)
    assert_same(first.value, second.value)
    for before, after in zip(first.quality, second.quality, strict=True):
        assert before.rows_used == after.rows_used
        assert before.by_reason() == after.by_reason()


@each_case
@pytest.mark.parametrize("fault", ["truncated", "web page", "empty", "missing"])
def test_a_broken_file_is_an_error_that_names_it(case, fault, tmp_path):
    files = case.files(tmp_path)
    for name, path in files.items():
        copy = tmp_path / "broken" / path.name
        copy.parent.mkdir(exist_ok=True)
        content = path.read_bytes()
        if fault == "truncated":
            copy.write_bytes(cut(content, text=path.suffix == ".csv"))
        elif fault == "web page":
            copy.write_text("\n<!DOCTYPE html>\n<html><body>404 Not Found</body></html>")
        elif fault == "empty":
            copy.write_bytes(b"")
        with pytest.raises(InputError) as error:
            read(case, files | {name: copy})
        assert error.value.source == str(copy)
        assert error.value.remedy


@pytest.mark.parametrize("case", [case for case in CASES if case.tables], ids=lambda case: case.adapter)
def test_a_header_without_rows_is_an_error(case, tmp_path):
    files = case.files(tmp_path)
    for name in case.tables:
        copy = tmp_path / files[name].name
        copy.write_text(files[name].read_text().splitlines()[0] + "\n")
        with pytest.raises(InputError, match="no rows") as error:
            read(case, files | {name: copy})
        assert error.value.source == str(copy)


def cut(content: bytes, text: bool) -> bytes:
    """The first half; of a table, in the middle of a line after its first field."""
    half = len(content) // 2
    if not text:
        return content[:half]
    line = content.index(b"\n", half) + 1 if b"\n" in content[half:-1] else content.rindex(b"\n", 0, -1) + 1
    return content[: line + 1]


def shuffle(path: Path, folder: Path) -> Path:
    header, *rows = path.read_text().splitlines()
    random.Random(7).shuffle(rows)
    copy = folder / f"shuffled-{path.name}"
    copy.write_text("\n".join([header, *rows]) + "\n")
    return copy


def check_value(value: object) -> None:
    if isinstance(value, Facilities):
        SOURCES.validate(value.sources)
        RELEASES.validate(value.releases)
        assert set(value.releases["source_id"]) <= set(value.sources["source_id"])
    elif isinstance(value, Units):
        UNITS.validate(value.table)
        assert value.table.is_valid.all()
    elif isinstance(value, Population):
        assert value.people.shape == value.grid.shape
        assert value.people.dtype == np.float64
        assert np.nansum(value.people) > 0
    elif isinstance(value, Wind):
        assert value.data["u10"].dims == value.data["v10"].dims == ("time", "lat", "lon")
        assert (value.data["lat"].diff("lat") > 0).all()
    elif isinstance(value, GriddedReleases):
        for grid in value.releases:
            assert grid.release_kg_yr.shape == miniature.area().grid.shape
            assert np.nanmin(grid.release_kg_yr) >= 0
            assert grid.inside_kg_yr <= np.nansum(grid.release_kg_yr)
    elif isinstance(value, tuple):
        for item in value:
            assert isinstance(item, Characteristic)
            assert item.values.shape == ((2,) if item.by == "unit" else miniature.area().grid.shape)
            assert np.nanmin(item.values) >= 0
            assert item.kind == "relative_wealth" or np.nanmax(item.values) <= 1
    elif isinstance(value, AmbientField):
        assert value.values_ug_m3.shape == miniature.area().grid.shape
        assert np.nanmin(value.values_ug_m3) >= 0
    elif isinstance(value, Elevation):
        assert value.elevation_m.ndim == 2
        assert value.elevation_m.dtype == np.float64
        assert value.resolution_m > 0
    elif isinstance(value, FlowNetwork):
        assert value.direction.shape == value.grid.shape
        assert value.direction.dtype == np.uint8
    else:
        assert isinstance(value, gpd.GeoDataFrame)
        assert value.crs == "OGC:CRS84"
        schemas = (PLACES, PROTECTED, LAKES, INTAKES, OBSERVATIONS)
        schema = next(s for s in schemas if {n for n, c in s.columns.items() if c.required} == set(value.columns))
        schema.validate(value)


def assert_same(first: object, second: object) -> None:
    if isinstance(first, Facilities) and isinstance(second, Facilities):
        pd.testing.assert_frame_equal(first.sources, second.sources)
        pd.testing.assert_frame_equal(first.releases, second.releases)
    elif isinstance(first, Units) and isinstance(second, Units):
        pd.testing.assert_frame_equal(first.table, second.table)
    elif isinstance(first, Population) and isinstance(second, Population):
        np.testing.assert_array_equal(first.people, second.people)
    elif isinstance(first, Wind) and isinstance(second, Wind):
        assert first.data.identical(second.data)
    elif isinstance(first, GriddedReleases) and isinstance(second, GriddedReleases):
        assert first.totals == second.totals
        for one, other in zip(first.releases, second.releases, strict=True):
            np.testing.assert_array_equal(one.release_kg_yr, other.release_kg_yr)
    elif isinstance(first, tuple) and isinstance(second, tuple):
        for one, other in zip(first, second, strict=True):
            assert (one.kind, one.by, one.year) == (other.kind, other.by, other.year)
            np.testing.assert_array_equal(one.values, other.values)
    elif isinstance(first, AmbientField) and isinstance(second, AmbientField):
        np.testing.assert_array_equal(first.values_ug_m3, second.values_ug_m3)
    elif isinstance(first, Elevation) and isinstance(second, Elevation):
        np.testing.assert_array_equal(first.elevation_m, second.elevation_m)
        assert first.resolution_m == second.resolution_m
    elif isinstance(first, FlowNetwork) and isinstance(second, FlowNetwork):
        np.testing.assert_array_equal(first.direction, second.direction)
        assert first.grid == second.grid
    else:
        assert isinstance(first, pd.DataFrame)
        pd.testing.assert_frame_equal(first, second)
