from __future__ import annotations

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine

from data_pipelines.rasters import read_geotiff
from hotspots.errors import InputError
from tests.data_pipelines.miniature import CENSUS_OPTIONS, FIXTURES, read, reasons
from tests.data_pipelines.sources.rasters import METRES_AS_DEGREES, ROTATED, population, wind
from tests.miniature import GRID, people


def test_people_are_those_of_the_file_and_no_data_stays_unknown(tmp_path):
    found = read("population_raster", population(tmp_path / "people.tif")).value
    np.testing.assert_array_equal(found.people, people())
    assert np.isnan(found.people[0, 7])
    assert found.grid.transform == GRID.transform
    assert (found.year, found.unit_of_cell) == (2020, None)


GLOBE = {"transform": Affine(30, 0, -180, 0, -30, 30), "height": 1, "width": 12}
"""Twelve columns around the globe; the first is that of 180° W to 150° W."""


@pytest.mark.parametrize(
    ("held", "west", "cols"),
    [
        ([0, 1, 11], 150.0, 3),  # across the antimeridian
        ([3, 4, 6], -90.0, 4),  # a gap within stays
        ([0, 11], 150.0, 2),
        (list(range(12)), -180.0, 12),
    ],
)
def test_of_a_raster_around_the_globe_the_longest_gap_is_left_out(tmp_path, held, west, cols):
    values = np.full((1, 12), -9999.0)
    values[0, held] = np.arange(1, len(held) + 1)
    found = read("population_raster", population(tmp_path / "people.tif", values, nodata=-9999.0, **GLOBE)).value
    assert (found.grid.west, found.grid.cols) == (west, cols)
    assert np.nansum(found.people) == sum(range(1, len(held) + 1))
    for column, number in zip(held, range(1, len(held) + 1), strict=True):
        assert found.people[0, round((-180 + 30 * column - west) % 360 / 30)] == number


def negative() -> np.ndarray:
    values = people()
    values[1, 1] = -5
    return values


@pytest.mark.parametrize(
    ("values", "profile", "message"),
    [
        (negative(), {}, "negative number of people"),
        (np.where(people() > 300, np.inf, people()), {}, "infinite"),
        (np.zeros(GRID.shape), {}, "nobody lives"),
        (None, {"crs": None}, "no coordinate reference system"),
        (None, {"transform": METRES_AS_DEGREES}, "cannot be right"),
        (None, {"transform": ROTATED}, "rotated"),
        (None, {"driver": "PNG", "dtype": "uint8", "nodata": 0, "crs": None}, "no complete GeoTIFF"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_cannot_be_right_is_an_error(tmp_path, values, profile, message):
    path = tmp_path / "people.tif"
    if profile.get("driver") == "PNG":
        with rasterio.open(path, "w", driver="PNG", dtype="uint8", count=1, height=2, width=2) as file:
            file.write(np.ones((1, 2, 2), "uint8"))
    else:
        population(path, values, **profile)
    with pytest.raises(InputError, match=message) as error:
        read("population_raster", path)
    assert error.value.source == str(path)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("crs", "transform", "message"),
    [
        ("EPSG:32618", Affine(0.008, 0, -77, 0, -0.008, 18), "cells would be 0.00798 m x 0.00798 m on the ground"),
        ("EPSG:3857", Affine(300_000, 0, 0, 0, -300_000, 900_000), "on the ground"),
        ("EPSG:32618", Affine(1000, 0, 9e6, 0, -1000, 2e6), "far from where the CRS is used"),
        ("ESRI:54009", Affine(1000, 0, 5e7, 0, -1000, 2e6), "outside what the CRS can express"),
    ],
)
def test_a_projected_raster_lies_where_its_crs_is_used_with_cells_of_a_possible_size(tmp_path, crs, transform, message):
    path = population(tmp_path / "people.tif", crs=crs, transform=transform)
    with pytest.raises(InputError, match=message) as error:
        read_geotiff(path)
    assert (error.value.source, error.value.field) == (str(path), "CRS")
    assert crs in str(error.value)
    assert "gdal_edit.py -a_srs" in str(error.value.remedy)


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:25833", Affine(1000, 0, -75_000, 0, -1000, 6_700_000)),  # western Norway, far from zone 33
        ("EPSG:32601", Affine(1000, 0, 150_000, 0, -1000, 2e6)),  # across the antimeridian
        ("EPSG:32733", Affine(1000, 0, 500_000, 0, -1000, 10_100_000)),  # on both sides of the equator
        ("EPSG:3832", Affine(1000, 0, 3_000_000, 0, -1000, -1_900_000)),  # the Pacific, which reaches beyond 180°
        ("ESRI:54009", Affine(1000, 0, -7_500_000, 0, -1000, 2_200_000)),
        ("+proj=laea +lat_0=18 +lon_0=-77", Affine(1000, 0, 0, 0, -1000, 0)),
    ],
)
def test_a_projected_raster_may_reach_beyond_its_zone(tmp_path, crs, transform):
    path = population(tmp_path / "people.tif", crs=crs, transform=transform)
    assert read_geotiff(path).grid.transform == transform


def test_a_truncated_raster_says_what_failed(tmp_path):
    path = population(tmp_path / "people.tif", np.ones((60, 80)))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"people\.tif, band 1: IReadBlock failed") as error:
        read_geotiff(path)
    assert "previous exception" not in str(error.value)
    assert ".. Remedy" not in str(error.value)


def test_a_virtual_raster_is_refused_whatever_its_name(tmp_path):
    path = tmp_path / "people.tif"
    path.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    with pytest.raises(InputError, match="virtual"):
        read("population_raster", path)


def test_every_unit_of_a_census_keeps_its_people_exactly():
    found = read("population_from_census", FIXTURES / "census.csv", CENSUS_OPTIONS)
    cells, units = found.value.people, found.value.unit_of_cell
    assert cells.shape == (6, 8)
    assert cells[units == 0].sum() == 2003
    assert cells[units == 1].sum() == 1001
    assert units[:, :4].tolist() == [[1] * 4] * 6
    assert reasons(found.quality[0]) == {2: ["place_moved_to_unit"], 3: ["UNIT_MISSING"]}


def test_a_town_gathers_its_people_in_its_disc():
    """Westtown (300 of 1001) lies on the corner of four cells, whose centres are 0.76 km away; the rest is even."""
    cells = read("population_from_census", FIXTURES / "census.csv", CENSUS_OPTIONS).value.people
    assert cells[0, 0] == pytest.approx(701 / 24, rel=0.002)
    assert cells[2:4, 1:3] == pytest.approx(np.full((2, 2), 701 / 24 + 300 / 4), rel=0.002)


def test_a_unit_without_a_total_is_an_error(tmp_path):
    path = tmp_path / "census.csv"
    path.write_text("unit,people\nWestend,5\n")
    with pytest.raises(InputError, match="no census total for: Eastend"):
        read("population_from_census", path, CENSUS_OPTIONS)


@pytest.mark.parametrize(("step", "sampling"), [("MS", "monthly_mean"), ("h", "hourly")])
def test_the_time_step_tells_monthly_means_from_hours(tmp_path, step, sampling):
    found = read("wind", wind(tmp_path / "wind.nc", step)).value
    assert found.sampling == sampling
    assert found.years == (2020, 2020)
    assert (found.data["u10"] == 3.0).all()
    assert found.data["lat"].values.tolist() == [19.0, 21.0]


def test_winds_from_0_to_360_are_the_same_winds(tmp_path):
    path = tmp_path / "turned.nc"
    with xr.open_dataset(wind(tmp_path / "wind.nc"), engine="h5netcdf") as data:
        data.assign_coords(longitude=data["longitude"] + 360).to_netcdf(path, engine="scipy")
    assert read("wind", path).value.data["lon"].values.tolist() == [9.0, 11.0]


def test_missing_winds_are_reported_by_time_and_stay_missing(tmp_path):
    path = tmp_path / "gaps.nc"
    with xr.open_dataset(wind(tmp_path / "wind.nc"), engine="h5netcdf") as data:
        gaps = data.load()
    gaps["u10"][2] = np.nan  # a whole month
    gaps["v10"][4, 0, 0] = np.nan  # one point
    gaps["u10"][:, 1, 1] = np.nan  # 19° N 11° E at all times
    gaps.to_netcdf(path, engine="h5netcdf")
    found = read("wind", path)
    assert [(issue.row, issue.outcome, issue.detail) for issue in found.quality[0].issues] == [
        (1, "flagged", "no value at any time at latitude, longitude 19, 11"),
        (3, "quarantined", "no value at any point"),
        (5, "flagged", "1 points without a value"),
    ]
    assert {issue.reason for issue in found.quality[0].issues} == {"WIND_MISSING"}
    assert np.isnan(found.value.data["u10"].values).sum() == 4 + 11


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ({"units": "K"}, {}, "no speed"),
        ({"units": ""}, {}, "no speed"),
        ({"names": ("u", "v")}, {}, "no variable 'u10'"),
        ({"step": "D"}, {}, "neither hours nor months"),
        ({}, {"sampling": "hourly"}, "options say hourly"),
    ],
)
def test_winds_that_are_none_at_10_m_are_an_error(tmp_path, given, options, message):
    path = wind(tmp_path / "wind.nc", **given)
    with pytest.raises(InputError, match=message) as error:
        read("wind", path, options)
    assert error.value.source == str(path)


def test_knots_become_metres_per_second(tmp_path):
    found = read("wind", wind(tmp_path / "wind.nc", units="knot")).value
    assert float(found.data["u10"].mean()) == pytest.approx(3 * 0.514444, rel=1e-5)
