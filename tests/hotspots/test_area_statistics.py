"""Two rows of two cells of one degree; the area is half of the first column's upper cell and all of its lower."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely import MultiPolygon, box

from hotspots.area_statistics import AreaCells, whole_blocks, window_around, window_of
from hotspots.exposure import coverage
from hotspots.grid import AnalysisGrid

GRID = AnalysisGrid(CRS.from_epsg(4326).to_wkt(), 10.0, 2.0, 1.0, 1.0, 2, 2)
PEOPLE = np.array([[100.0, 40.0], [60.0, np.nan]])
AREA = gpd.GeoDataFrame(geometry=[MultiPolygon([box(10, 1, 10.5, 2), box(10, 0, 11, 1)])], crs="OGC:CRS84")


def test_figures_by_hand():
    cells = AreaCells.of(GRID, PEOPLE, AREA)
    # Half of 100 people and all of 60.
    assert cells.people.sum() == pytest.approx(110.0)
    upper, lower = GRID.row_area_km2
    assert cells.area_km2.sum() == pytest.approx(upper / 2 + lower)
    pressure = cells.figures(np.array([[2.0, 9.0], [5.0, 9.0]]), [2.0, 4.0], extensive=False)
    assert pressure.total is None
    assert pressure.mean_of_people == pytest.approx((50 * 2 + 60 * 5) / 110)
    assert pressure.mean == pytest.approx((upper / 2 * 2 + lower * 5) / (upper / 2 + lower))
    assert (pressure.lowest, pressure.highest) == (2.0, 5.0)
    # A value on a break belongs to the class below it.
    assert [(item.upper, item.people) for item in pressure.classes] == [(2.0, 50.0), (4.0, 0.0), (None, 60.0)]
    assert sum(item.area_km2 for item in pressure.classes) == pytest.approx(pressure.area_assessed_km2)


def test_an_extensive_raster_is_summed_by_share():
    people = AreaCells.of(GRID, PEOPLE, AREA).figures(PEOPLE, [1.0], extensive=True)
    assert people.total == pytest.approx(110.0)
    assert people.mean is None


def test_what_is_not_assessed_is_not_zero():
    cells = AreaCells.of(GRID, PEOPLE, AREA)
    some = cells.figures(np.array([[np.nan, 1.0], [3.0, 1.0]]), [1.0], extensive=False)
    assert (some.mean_of_people, some.people_assessed) == (3.0, 60.0)
    none = cells.figures(np.full((2, 2), np.nan), [1.0], extensive=False)
    assert (none.mean, none.mean_of_people, none.lowest, none.people_assessed) == (None, None, None, 0.0)


def test_window():
    assert window_of(GRID, AREA) == (slice(0, 2), slice(0, 1))
    assert window_of(GRID, AREA.translate(5, 0).to_frame("geometry").set_geometry("geometry")) is None


def test_blocks_count_whole_from_half_on():
    # The left column is one block, the right cells one each. The area covers 1/2 + 1 of the block's two cells.
    block = np.array([[1, 2], [1, 3]], dtype=np.int32)
    whole = whole_blocks(coverage(GRID, AREA), block)
    assert sorted(zip(whole.row, whole.col, whole.fraction, strict=True)) == [(0, 0, 1.0), (1, 0, 1.0)]
    # A quarter of it, and just over half of the cell beside.
    part = gpd.GeoDataFrame(geometry=[MultiPolygon([box(10, 1, 10.5, 2), box(11.4, 1, 12, 2)])], crs="OGC:CRS84")
    whole = whole_blocks(coverage(GRID, part), block)
    assert list(zip(whole.row, whole.col, strict=True)) == [(0, 1)]
    window, inside = window_around(whole)
    assert (window, inside.shape) == ((slice(0, 1), slice(1, 2)), (1, 1))
    assert (inside.row.tolist(), inside.col.tolist()) == ([0], [0])


def test_areas_that_differ_by_a_part_of_a_block_have_the_same_people():
    block = np.array([[1, 2], [1, 3]], dtype=np.int32)
    areas = [gpd.GeoDataFrame(geometry=[box(10, 0, 10.6 + step / 10, 2)], crs="OGC:CRS84") for step in range(5)]
    people = [AreaCells.covered(GRID, PEOPLE, whole_blocks(coverage(GRID, area), block)).people.sum() for area in areas]
    assert people == [160.0] * 5


def test_an_area_of_less_than_half_a_block_has_no_cells():
    block = np.ones((2, 2), dtype=np.int32)
    none = whole_blocks(coverage(GRID, gpd.GeoDataFrame(geometry=[box(10, 0, 10.5, 1)], crs="OGC:CRS84")), block)
    window, inside = window_around(none)
    assert (len(none.row), inside.shape, window) == (0, (1, 1), (slice(1, 2), slice(1, 2)))
