import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from data_pipelines.bounds import lonlat_bounds
from data_pipelines.outputs.features import canonical


def one(shape):
    return canonical(np.array([shape], dtype=object))[0]


def table(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs="OGC:CRS84")


def test_exterior_rings_run_counter_clockwise_and_holes_clockwise():
    outer, hole = [(0, 0), (0, 3), (3, 3), (3, 0)], [(1, 1), (2, 1), (2, 2), (1, 2)]
    shape = one(Polygon(outer, [hole]))
    assert shape.exterior.is_ccw
    assert not shape.interiors[0].is_ccw
    assert shape.area == 8


def test_coordinates_have_seven_decimals_at_most():
    assert one(Point(1 / 3, -2 / 3)).coords[0] == (0.3333333, -0.6666667)


@pytest.mark.parametrize(("lon", "expected"), [(181.5, -178.5), (-180.0, -180.0), (180.0, 180.0), (540.5, -179.5)])
def test_points_are_wrapped(lon, expected):
    assert one(Point(lon, 0)).x == expected


def test_a_polygon_past_180_is_cut_in_two_of_the_same_area():
    shape = one(box(179, 0, 182, 1))
    assert isinstance(shape, MultiPolygon)
    assert sorted(part.bounds for part in shape.geoms) == [(-180, 0, -178, 1), (179, 0, 180, 1)]


def test_a_ring_that_jumps_over_180_is_cut():
    shape = one(Polygon([(179, 0), (-178, 0), (-178, 1), (179, 1)]))
    assert sorted(part.bounds for part in shape.geoms) == [(-180, 0, -178, 1), (179, 0, 180, 1)]


def test_parts_on_both_sides_stay_as_they_are():
    both = MultiPolygon([box(178, 0, 180, 1), box(-180, 0, -179, 1)])
    assert one(both).equals(both)


def test_a_sliver_that_rounding_would_break_stays_valid():
    shape = one(Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1e-9), (0, 1)]))
    assert shape.is_valid
    assert abs(shape.area - 0.5) < 1e-6


def test_shapes_are_treated_each_by_itself():
    shapes = np.array([box(0, 0, 1, 1), box(179, 0, 182, 1), Point(181, 0)], dtype=object)
    square, cut, point = canonical(shapes)
    assert square.equals(box(0, 0, 1, 1))
    assert len(cut.geoms) == 2
    assert point.x == -179
    assert shapes[1].equals(box(179, 0, 182, 1))


def test_bounds_are_the_narrowest_box():
    assert lonlat_bounds(table(box(1, 2, 3, 4), box(5, 0, 6, 1))) == (1, 0, 6, 4)
    assert lonlat_bounds(table(box(178, 0, 180, 1), box(-180, 0, -179, 1))) == (178, 0, -179, 1)
    assert lonlat_bounds(table()) is None


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_rounding_moves_a_point_by_less_than_a_centimetre(lon, lat):
    moved = one(Point(lon, lat))
    assert abs(moved.x - lon) <= 5.1e-8
    assert abs(moved.y - lat) <= 5.1e-8
