"""Terrain on the analysis grid, by hand: heights of 100 m a degree northward, 0 at 20° N."""

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine
from numpy.testing import assert_allclose
from rasterio.crs import CRS

from data_pipelines.area import Area
from hotspots.errors import InputError
from tests.data_pipelines.miniature import UNITS, read
from tests.data_pipelines.sources.rasters import terrain
from tests.miniature import GRID

PLACE = Area(UNITS, ("JAM",), True, 0.0, GRID)
LAT = 20.06 - 0.01 * (np.arange(6) + 0.5)
SLOPE = np.repeat(100 * (LAT - 20.0)[:, None], 8, axis=1)


def height(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    return np.repeat(100 * (lat - 20.0)[:, None], len(lon), axis=1)


def test_heights_are_bilinear_between_the_points(tmp_path):
    # The uppermost cells lie at 20.055° N: 5.5 m; half a degree of latitude is 55.4 km at most.
    found = read("terrain", terrain(tmp_path / "t.nc"), place=PLACE)
    assert_allclose(found.value.elevation_m, SLOPE, atol=1e-9)
    assert_allclose(found.value.elevation_m[0, 0], 5.5)
    # All lie between the points of 20.0° (0 m) and 20.5° N (50 m).
    assert_allclose(found.value.lowest_m, 0, atol=1e-9)
    assert_allclose(found.value.resolution_m, 55_400, rtol=0.01)
    assert found.quality[0].issues == ()


def test_descending_latitudes_0_to_360_and_kilometres_are_the_same_terrain(tmp_path):
    with xr.open_dataset(terrain(tmp_path / "t.nc"), engine="h5netcdf") as data:
        other = (data.load() / 1000).assign_coords(lon=data["lon"] + 360).isel(lat=slice(None, None, -1))
    other["elevation"].attrs["units"] = "km"
    other.to_netcdf(tmp_path / "o.nc", engine="h5netcdf")
    assert_allclose(read("terrain", tmp_path / "o.nc", place=PLACE).value.elevation_m, SLOPE, atol=1e-9)


def test_a_geotiff_is_read_by_the_middle_of_its_cells(tmp_path):
    path = tmp_path / "t.tif"
    lat = 21.0 - 0.25 * (np.arange(8) + 0.5)
    profile = {"crs": CRS.from_epsg(4326), "transform": Affine(0.25, 0, 9.0, 0, -0.25, 21.0), "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", height=8, width=8, count=1, **profile) as file:
        file.write(height(lat, np.arange(8)).astype("float32"), 1)
    assert_allclose(read("terrain", path, place=PLACE).value.elevation_m, SLOPE, atol=1e-4)


def test_a_void_is_reported_and_what_it_touches_is_unknown(tmp_path):
    lat, lon = 18.5 + 0.5 * np.arange(7), 8.5 + 0.5 * np.arange(7)
    values = height(lat, lon)
    values[4, 4] = np.nan  # 20.5° N 10.5° E
    values[0, 0] = np.nan  # far from the region
    wide, _ = GRID.padded(30.0)
    found = read("terrain", terrain(tmp_path / "t.nc", values), place=Area(UNITS, ("JAM",), True, 30.0, wide))
    lon_of, lat_of = wide.lonlat(*np.indices(wide.shape).reshape(2, -1))
    touched = ((lon_of > 10.0) & (lat_of > 20.0)).reshape(wide.shape)
    assert touched.any()
    assert np.array_equal(np.isnan(found.value.elevation_m), touched)
    assert np.array_equal(np.isnan(found.value.lowest_m), touched)
    assert [(i.row, i.reason, i.outcome) for i in found.quality[0].issues] == [(3, "TERRAIN_VOID", "flagged")]


def test_beyond_the_edge_of_the_file_nothing_is_known(tmp_path):
    east = Area(UNITS, ("JAM",), True, 0.0, GRID.padded(160.0)[0])
    found = read("terrain", terrain(tmp_path / "t.nc"), place=east).value.elevation_m
    assert np.isnan(found[:, -1]).all()
    assert not np.isnan(found).all()


@pytest.mark.parametrize(
    ("values", "units", "message"),
    [
        (np.full((7, 7), -32768.0), "m", "none of the Earth"),
        (np.zeros((7, 7)), "K", "no height"),
        (np.full((7, 7), np.nan), "m", "no height"),
    ],
)
def test_what_is_no_terrain_is_an_error_that_names_the_file(tmp_path, values, units, message):
    path = terrain(tmp_path / "t.nc", values, units)
    with pytest.raises(InputError, match=message) as caught:
        read("terrain", path, place=PLACE)
    assert caught.value.source == str(path)
    assert caught.value.remedy


def test_uneven_points_are_an_error(tmp_path):
    with xr.open_dataset(terrain(tmp_path / "t.nc"), engine="h5netcdf") as data:
        data.load().assign_coords(lat=data["lat"] ** 1.1).to_netcdf(tmp_path / "u.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="not evenly spaced"):
        read("terrain", tmp_path / "u.nc", place=PLACE)
