from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS
from shapely.geometry import MultiPolygon, Point, box

from hotspots.errors import InputError
from hotspots.exposure import Coverage, coverage, zonal_sum
from hotspots.grid import AnalysisGrid

# 3 × 3 cells of one degree, from (0, 3) to (3, 0).
GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 0, 0, -1, 3), (3, 3))
VALUES = np.arange(1.0, 10.0).reshape(3, 3)


def zones(*shapes, crs="OGC:CRS84", index=None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs, index=index)


def test_zonal_sum_by_hand() -> None:
    shapes = zones(box(0.5, 0.5, 2.5, 2.5), box(0, 2, 1, 3), box(10, 10, 11, 11), index=["middle", "first", "away"])
    sums = zonal_sum(GRID.dataarray(VALUES, "people"), shapes)
    # Quarters of the corners 1, 3, 7, 9, halves of 2, 4, 6, 8, the whole of 5: 5 + 10 + 5.
    expected = pd.Series([20.0, 1.0, 0.0], index=["middle", "first", "away"], name="people")
    pd.testing.assert_series_equal(sums, expected)


def test_cells_without_data_count_nothing() -> None:
    values = VALUES.copy()
    values[1, 1] = np.nan
    assert zonal_sum(GRID.dataarray(values, "v"), zones(box(0.5, 0.5, 2.5, 2.5))).iloc[0] == pytest.approx(15)


def test_the_order_of_the_raster_does_not_matter() -> None:
    raster = GRID.dataarray(VALUES, "v")
    shape = zones(box(0, 2, 1.5, 3))
    for same in (raster, raster[::-1], raster[:, ::-1], raster.transpose("x", "y")):
        assert zonal_sum(same, shape).iloc[0] == pytest.approx(2)


def test_zones_come_in_any_crs() -> None:
    shape = zones(box(0, 2, 1, 3)).to_crs("EPSG:3857")
    assert zonal_sum(GRID.dataarray(VALUES, "v"), shape).iloc[0] == pytest.approx(1, rel=1e-6)


def test_what_has_no_crs_or_no_grid_is_an_error() -> None:
    raster = GRID.dataarray(VALUES, "v")
    with pytest.raises(InputError, match="zones have no CRS"):
        zonal_sum(raster, zones(box(0, 0, 1, 1), crs=None))
    with pytest.raises(InputError, match="crs_wkt"):
        zonal_sum(raster.drop_attrs(), zones(box(0, 0, 1, 1)))
    with pytest.raises(InputError, match="evenly"):
        zonal_sum(raster.isel(y=[0]), zones(box(0, 0, 1, 1)))


def test_zones_that_share_a_cell_share_its_people_and_islands_survive() -> None:
    shapes = zones(box(0, 0, 1.25, 3), box(1.25, 0, 3, 3), box(0.1, 2.1, 0.101, 2.101))
    cells = coverage(GRID, shapes)
    np.testing.assert_allclose(cells.sum(VALUES)[:2].sum(), 45)
    assert cells.sum(VALUES)[2] == pytest.approx(1e-6, rel=1e-3)
    assert cells.dominant()[0].tolist() == [0, 1, 1]


def test_a_coastal_cell_keeps_its_people_outside_the_units() -> None:
    cells = coverage(GRID, zones(box(0, 0, 2.5, 3))).without_overlap()
    inside = cells.sum(VALUES).sum()
    assert inside == pytest.approx(45 - 0.5 * (3 + 6 + 9))


def test_overlapping_units_do_not_count_twice() -> None:
    shapes = zones(box(0, 0, 2, 3), box(1, 0, 3, 3), box(1, 0, 2, 3))
    plain = coverage(GRID, shapes)
    assert plain.sum(VALUES).sum() == pytest.approx(45 + 2 * (2 + 5 + 8))
    once = plain.without_overlap()
    assert once.sum(VALUES).sum() == pytest.approx(45)
    # The middle column is claimed three times: a third each.
    np.testing.assert_allclose(once.sum(VALUES), [12 + 5, 18 + 5, 5])
    assert plain.dominant()[1].tolist() == [0, 0, 1]


def test_weighted_mean_by_hand() -> None:
    people = np.array([[10.0, 30.0, 0.0], [0, 0, 0], [0, 0, np.nan]])
    values = VALUES.copy()
    shapes = zones(box(0, 2, 2, 3), box(2, 0, 3, 1), box(0, 2, 1.5, 3))
    mean = coverage(GRID, shapes).weighted_mean(values, people)
    np.testing.assert_allclose(mean, [(10 + 60) / 40, np.nan, (10 + 30) / 25])
    values[0, 0] = np.nan
    assert coverage(GRID, shapes).weighted_mean(values, people)[0] == 2


@pytest.mark.parametrize("turn", [0, -360])
def test_zones_beyond_the_antimeridian_are_found(turn: int) -> None:
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 170 + turn, 0, -1, 2), (2, 20))
    values = np.arange(40.0).reshape(2, 20)
    both = MultiPolygon([box(178.5, 1, 180, 2), box(-180, 1, -178.5, 2)])
    sums = coverage(grid, zones(box(-175, 0, -174, 1), both)).sum(values)
    np.testing.assert_allclose(sums, [20 + 15, 0.5 * 8 + 9 + 10 + 0.5 * 11])


def test_labels_are_zones_of_whole_cells() -> None:
    labels = np.array([[0, 1], [3, 1]])
    cells = Coverage.of_labels(labels)
    assert cells.zones == 3
    np.testing.assert_array_equal(cells.sum(np.array([[1.0, 2], [4, 8]])), [10, 0, 4])
    assert Coverage.of_labels(labels, 5).sum(np.ones((2, 2))).tolist() == [2, 0, 1, 0, 0]
    np.testing.assert_array_equal(cells.dominant(), [[-1, 0], [2, 0]])
    assert Coverage.of_labels(np.zeros((2, 2), int)).sum(np.ones((2, 2))).tolist() == []


def test_values_of_another_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        coverage(GRID, zones(box(0, 0, 1, 1))).sum(np.ones((4, 4)))


def test_equals_exactextract() -> None:
    rng = np.random.default_rng(4)
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.1, 0, 5, 0, -0.1, 50), (40, 50))
    values = rng.random(grid.shape)
    centres = rng.uniform([5, 46], [10, 50], (20, 2))
    shapes = zones(*(Point(*xy).buffer(rng.random()) for xy in centres), crs=grid.crs)
    west, south, east, north = grid.bounds
    source = NumPyRasterSource(values, west, south, east, north, srs_wkt=grid.crs_wkt)
    oracle = exact_extract(source, shapes, ["sum"], output="pandas")["sum"]
    np.testing.assert_allclose(coverage(grid, shapes).sum(values), oracle, rtol=1e-6)
