"""Ambient fields on the miniature's grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from affine import Affine
from pyproj import CRS

from config import load
from data_pipelines.inputs import read_inputs
from data_pipelines.rasters import read_geotiff
from data_pipelines.resample import on_grid
from hotspots.errors import ConfigError, InputError
from hotspots.progress import Silent
from tests import new_region
from tests.data_pipelines import miniature
from tests.data_pipelines.sources import rasters
from tests.miniature import GRID

OPTIONS = {"pollutant": "pm25", "unit": "µg/m³"}
COARSE = Affine(0.02, 0, 10.0, 0, -0.02, 20.06)
"""Cells of two by two of the miniature's."""
VALUES = np.array([[10.0, 20.0, 30.0, 40.0], [50.0, 60.0, 70.0, 80.0], [1.0, 2.0, 3.0, np.nan]])


def inside(values: np.ndarray) -> np.ndarray:
    """The part of an array on the analysis grid that is the miniature without its margin."""
    _, core = GRID.padded(miniature.MARGIN_KM)
    return values[core]


def test_a_coarse_field_is_the_same_in_all_the_cells_it_covers(tmp_path: Path) -> None:
    path = rasters.population(tmp_path / "pm25.tif", VALUES, transform=COARSE)
    found = miniature.read("ambient_field", path, OPTIONS).value
    np.testing.assert_allclose(inside(found.values_ug_m3), np.kron(VALUES, np.ones((2, 2))))
    assert (found.pollutant, found.year, found.title) == ("pm25", 2020, "Mini")


def test_amounts_are_summed_and_levels_are_meant_over_cells_of_another_size(tmp_path: Path) -> None:
    # Columns of 0.01° onto columns of 0.03°, from a third of a cell further west on: 2/3 of a coarse cell is covered by
    # the first two columns, the rest by three each.
    fine = np.tile(np.arange(1.0, 9.0), (6, 1))
    band = read_geotiff(rasters.population(tmp_path / "fine.tif", fine))
    grid = type(GRID).from_transform(GRID.crs, Affine(0.03, 0, 9.99, 0, -0.02, 20.06), (3, 3))
    np.testing.assert_allclose(on_grid(band, grid, "extensive"), np.tile([2 * 3.0, 2 * 12.0, 2 * 21.0], (3, 1)))
    np.testing.assert_allclose(on_grid(band, grid, "intensive"), np.tile([1.5, 4.0, 7.0], (3, 1)))


@pytest.mark.parametrize(("cell", "west"), [(0.007, 9.99), (0.01, 10.0 + 1e-12), (0.0333, 9.95)])
def test_people_are_kept_and_what_is_not_known_stays_unknown(tmp_path: Path, cell: float, west: float) -> None:
    people = np.arange(48.0).reshape(6, 8) + 1
    people[2, 3] = np.nan
    band = read_geotiff(rasters.population(tmp_path / "people.tif", people))
    size = (int(0.12 / cell) + 1, int(0.14 / cell) + 1)
    grid = type(GRID).from_transform(GRID.crs, Affine(cell, 0, west, 0, -cell, 20.06 + (10 - west)), size)
    found = on_grid(band, grid, "extensive")
    assert np.nansum(found) == pytest.approx(np.nansum(people), rel=1e-12)
    if cell == 0.01:
        np.testing.assert_array_equal(found[:6, :8], people)


def test_people_are_nearly_kept_in_another_crs(tmp_path: Path) -> None:
    band = read_geotiff(rasters.population(tmp_path / "people.tif", np.ones((6, 8))))
    utm = type(GRID).from_transform(CRS.from_epsg(32632), Affine(1000, 0, 595_000, 0, -1000, 2_225_000), (20, 30))
    assert np.nansum(on_grid(band, utm, "extensive")) == pytest.approx(48.0, rel=1e-3)
    levels = on_grid(band, utm, "intensive")
    np.testing.assert_allclose(levels[~np.isnan(levels)], 1.0)


def test_a_field_east_of_the_antimeridian_is_found_on_a_grid_that_runs_past_it(tmp_path: Path) -> None:
    path = rasters.population(tmp_path / "far.tif", np.ones((6, 8)), transform=Affine(0.01, 0, -180.0, 0, -0.01, 20.06))
    grid = type(GRID).from_transform(GRID.crs, Affine(0.01, 0, 179.98, 0, -0.01, 20.06), (6, 8))
    np.testing.assert_allclose(on_grid(read_geotiff(path), grid, "extensive")[0], [np.nan] * 2 + [1.0] * 6)


def test_a_netcdf_field_with_latitudes_from_the_south_and_a_year_axis(tmp_path: Path) -> None:
    path = tmp_path / "pm25.nc"
    at = {"time": [2020], "lat": [20.01, 20.03, 20.05], "lon": [10.01, 10.03, 10.05, 10.07]}
    data = xr.Dataset({"PM25": (tuple(at), VALUES[::-1][None] / 1000)}, at)
    data.to_netcdf(path, engine="h5netcdf")
    found = miniature.read("ambient_field", path, {"pollutant": "pm25", "unit": "mg/m³", "variable": "PM25"}).value
    np.testing.assert_allclose(inside(found.values_ug_m3), np.kron(VALUES, np.ones((2, 2))))
    with pytest.raises(InputError, match="which variable"):
        miniature.read("ambient_field", path, OPTIONS)
    with pytest.raises(InputError, match="no variable 'pm'"):
        miniature.read("ambient_field", path, OPTIONS | {"variable": "pm"})


@pytest.mark.parametrize(
    ("values", "options", "said"),
    [
        (np.where(np.isnan(VALUES), -999.0, VALUES), OPTIONS, "no concentration"),
        (VALUES, OPTIONS | {"pollutant": "pm26"}, "unknown pollutant"),
        (np.full((3, 4), np.nan), OPTIONS, "no value in the region"),
    ],
)
def test_what_cannot_be_a_concentration_is_an_error(tmp_path: Path, values, options, said: str) -> None:
    path = rasters.population(tmp_path / "pm25.tif", values, transform=COARSE)
    with pytest.raises(InputError, match=said) as error:
        miniature.read("ambient_field", path, options)
    assert error.value.remedy


def test_several_years_in_one_file_are_no_annual_mean(tmp_path: Path) -> None:
    path = tmp_path / "pm25.nc"
    at = {"time": [2019, 2020], "lat": [20.01, 20.03], "lon": [10.01, 10.03]}
    xr.Dataset({"PM25": (tuple(at), np.ones((2, 2, 2)))}, at).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(InputError, match="not one field"):
        miniature.read("ambient_field", path, OPTIONS | {"variable": "PM25"})


DATASET = """
[datasets.satellite]
adapter = "ambient_field"
path = "pm25.tif"
title = "Satellite PM2.5"
publisher = "Test"
licence = "CC0-1.0"
citation = "Test"
year = 2020
redistribution = "raw"
[datasets.satellite.options]
pollutant = "pm25"
unit = "µg/m³"
"""
BACKGROUND = """
[[backgrounds]]
pollutant = "pm25"
value_ug_m3 = 9.0
year = 2020
citation = "Test"
"""


def test_a_field_and_a_background_cannot_both_be_the_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_region.write(tmp_path / "here")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    rasters.population(folder / "regions" / "pm25.tif", VALUES, transform=Affine(0.5, 0, -78, 0, -0.5, 19))
    file = folder / "regions" / f"{new_region.REGION}.toml"
    file.write_text(file.read_text(encoding="utf-8") + DATASET, encoding="utf-8")
    inputs = read_inputs(load.region(new_region.REGION), miniature.TODAY, Silent())
    assert [(field.pollutant, field.title) for field in inputs.ambient] == [("pm25", "Satellite PM2.5")]
    file.write_text(file.read_text(encoding="utf-8") + BACKGROUND, encoding="utf-8")
    with pytest.raises(ConfigError, match="more than once") as error:
        read_inputs(load.region(new_region.REGION), miniature.TODAY, Silent())
    assert error.value.source == str(file)


def satellite(path: Path, unit: str = "ug/m3", variable: str = "GWRPM25", rows: int = 40) -> Path:
    """As the group's files are: hundredths of a degree, south to north, NaN over the sea; 12 µg/m³ west, 8 east."""
    lat, lon = 19.805 + 0.01 * np.arange(rows), 9.805 + 0.01 * np.arange(50)
    values = np.where(lon < 10.04, 12.0, 8.0) * np.ones((len(lat), 1))
    values[:, lon > 10.2] = np.nan
    data = xr.Dataset(
        {variable: (("lat", "lon"), values.astype("float32"), {"units": unit, "long_name": "PM2.5"})},
        {"lat": lat, "lon": lon},
    )
    data.to_netcdf(path, engine="h5netcdf")
    return path


SATELLITE = {"pollutant": "pm25", "unit": "µg/m³", "variable": "GWRPM25"}


def check_satellite(path: Path) -> None:
    field = miniature.read("ambient_field", path, SATELLITE).value
    west, east = miniature.area().grid.cell_of(np.array([10.015, 10.065]), np.array([20.03, 20.03]))
    assert field.values_ug_m3[west[0], east[0]] == pytest.approx(12.0)
    assert field.values_ug_m3[west[1], east[1]] == pytest.approx(8.0)
    south = miniature.area().grid.cell_of(np.array([10.015]), np.array([19.9]))
    assert field.values_ug_m3[south[0][0], south[1][0]] == pytest.approx(12.0)


def test_the_satellites_file_is_read_as_it_is_published(tmp_path):
    check_satellite(satellite(tmp_path / "V5GL04.HybridPM25.Global.202001-202012.nc"))


@pytest.mark.parametrize("changed", [{"unit": "kg/m3"}, {"unit": "mg/m3"}, {"variable": "PM25"}, {"rows": 5}], ids=str)
def test_no_change_of_the_satellites_file_goes_unnoticed(changed, tmp_path):
    with pytest.raises((InputError, AssertionError)):
        check_satellite(satellite(tmp_path / "pm25.nc", **changed))
