from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from pyproj import CRS
from shapely.geometry import Polygon, box

from hotspots.delineation import delineate, narrower_than, stable_ids
from hotspots.exposure import coverage
from hotspots.grid import AnalysisGrid

GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 0, 0, -1, 4), (4, 5))
LABELLED = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 1, 0, 0, 1]], bool)


def test_eight_connected_sets_from_the_north() -> None:
    found = delineate(LABELLED, GRID, np.ones(GRID.shape), 1)
    assert found.labels.dtype == np.int32
    np.testing.assert_array_equal(found.labels, [[1, 1, 0, 0, 0], [0, 0, 1, 0, 2], [0, 0, 0, 0, 0], [0, 3, 0, 0, 4]])
    assert found.polygons["label"].tolist() == [1, 2, 3, 4]
    diagonal = found.polygons.geometry.iloc[0]
    assert diagonal.geom_type == "MultiPolygon"
    assert diagonal.is_valid
    assert diagonal.equals(box(0, 3, 2, 4).union(box(2, 2, 3, 3)))


def test_small_sets_are_dropped_unless_they_protect() -> None:
    people = np.full(GRID.shape, 10.0)
    people[3, 4] = np.nan
    assert delineate(LABELLED, GRID, people, 10).labels.max() == 3
    found = delineate(LABELLED, GRID, people, 30)
    assert np.argwhere(found.labels == 1).tolist() == [[0, 0], [0, 1], [1, 2]]
    assert len(found.polygons) == 1
    protected = np.zeros(GRID.shape)
    protected[3, 4] = 7.0
    assert delineate(LABELLED, GRID, people, 30, protected, 5.0).labels[3, 4] == 2


def test_no_hotspot_at_all() -> None:
    found = delineate(np.zeros(GRID.shape, bool), GRID, np.ones(GRID.shape), 1)
    assert len(found.polygons) == 0
    assert found.polygons.crs.equals("OGC:CRS84")
    assert stable_ids(found.polygons, None, "r-air") == []


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(bool, (7, 8)))
def test_polygons_are_valid_and_cover_exactly_their_cells(labelled: np.ndarray) -> None:
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.5, 0, 10, 0, -0.5, 50), labelled.shape)
    found = delineate(labelled, grid, np.ones(labelled.shape), 2)
    assert found.polygons.is_valid.all()
    np.testing.assert_allclose(coverage(grid, found.polygons).covered(), found.labels > 0, atol=1e-6)
    np.testing.assert_array_equal(coverage(grid, found.polygons).dominant() + 1, found.labels)


def test_a_hotspot_across_the_antimeridian_is_cut() -> None:
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 170, 0, -1, 10), (6, 20))
    labelled = np.zeros(grid.shape, bool)
    labelled[1, 8:13] = labelled[3, 15:17] = True
    found = delineate(labelled, grid, np.ones(grid.shape), 1)
    crossing, beyond = found.polygons.geometry
    assert crossing.equals(box(178, 8, 180, 9).union(box(-180, 8, -177, 9)))
    assert beyond.equals(box(-175, 6, -173, 7))
    np.testing.assert_array_equal(coverage(grid, found.polygons).covered() > 0.5, labelled)


def test_a_projected_grid() -> None:
    grid = AnalysisGrid.from_transform(CRS.from_epsg(3035), Affine(10_000, 0, 3e6, 0, -10_000, 4e6), (12, 200))
    labelled = np.zeros(grid.shape, bool)
    labelled[3:6, 2:190] = labelled[6:9, 190] = True
    found = delineate(labelled, grid, np.ones(grid.shape), 1)
    # On the globe, too: every cell's centre is inside or outside as the cell is.
    lon, lat = grid.lonlat(*np.indices(grid.shape))
    np.testing.assert_array_equal(shapely.contains_xy(found.polygons.geometry.iloc[0], lon, lat), labelled)


def hotspots(*shapes, ids=None) -> gpd.GeoDataFrame:
    columns = {} if ids is None else {"hotspot_id": ids}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="OGC:CRS84")


def test_ids_follow_the_largest_overlap() -> None:
    previous = hotspots(box(0, 0, 4, 1), box(10, 0, 11, 1), ids=["r-air-0001", "r-air-7"])
    # The first split in two: the larger piece keeps the id. The second grew. The last is new.
    new = hotspots(box(0, 0, 1, 1), box(2, 0, 4, 1), box(9, 0, 12, 1), box(20, 0, 21, 1))
    split_off, first, second, last = stable_ids(new, previous, "r-air")
    assert (first, second) == ("r-air-0001", "r-air-7")
    assert len({split_off, first, second, last}) == 4
    # Two merge: the one that shares more gives its id.
    assert stable_ids(hotspots(box(0, 0, 11, 1)), previous, "r-air") == ["r-air-0001"]


def test_first_ids_and_neighbours_that_only_touch() -> None:
    here, there = hotspots(box(0, 0, 1, 1)), hotspots(box(2, 0, 3, 1))
    (own,) = stable_ids(here, None, "r-all")
    assert re.fullmatch(r"r-all-[0-9a-f]{8}", own)
    assert stable_ids(there, None, "r-all") != [own]
    assert stable_ids(here, None, "r-land") == [own.replace("all", "land")]
    # What only touches an earlier one, and what comes after none, is new.
    previous = hotspots(box(1, 0, 2, 1), ids=["r-all-0001"])
    assert stable_ids(here, previous, "r-all") == stable_ids(here, previous.iloc[:0], "r-all") == [own]


def test_the_id_of_a_hotspot_long_gone_is_not_given_to_another() -> None:
    def edition(previous: gpd.GeoDataFrame | None, *shapes: Polygon) -> gpd.GeoDataFrame:
        found = hotspots(*shapes)
        return found.assign(hotspot_id=stable_ids(found, previous, "r-all"))

    west, east, south = box(0, 0, 1, 1), box(5, 0, 6, 1), box(0, -9, 1, -8)
    first = edition(None, west, east)
    second = edition(first, west)
    third = edition(second, west, south)
    assert third["hotspot_id"][0] == first["hotspot_id"][0]
    assert third["hotspot_id"][1] not in set(first["hotspot_id"])
    # And one that comes back as it was, to either side of an edition without it, is the same.
    assert edition(third, west, east)["hotspot_id"].tolist() == first["hotspot_id"].tolist()


def test_an_outline_that_another_hotspot_began_with_gets_an_id_of_its_own() -> None:
    (name,) = stable_ids(hotspots(box(0, 0, 1, 1)), None, "r-all")
    moved = hotspots(box(5, 0, 6, 1), ids=[name])
    kept, new = stable_ids(hotspots(box(5, 0, 6, 1), box(0, 0, 1, 1)), moved, "r-all")
    assert kept == name
    assert new != name


@pytest.mark.parametrize(("accuracy_m", "expected"), [(0, False), (1000, False), (1200, True), (5000, True)])
def test_narrower_than_the_position_accuracy(accuracy_m: float, expected: bool) -> None:
    # 0.1° × 0.01° on the equator: 11.1 km × 1.11 km; the same across the antimeridian.
    assert narrower_than(box(10, 0, 10.1, 0.01), accuracy_m) is expected
    assert narrower_than(box(179.95, 0, 180, 0.01).union(box(-180, 0, -179.95, 0.01)), accuracy_m) is expected
