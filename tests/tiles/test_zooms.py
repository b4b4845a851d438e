import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from tiles.zooms import room_for, wide_enough


@pytest.mark.parametrize(("degrees", "zoom"), [(10, 0), (5.625, 0), (5.6, 1), (0.08, 7), (1e-9, 12)])
def test_an_area_appears_when_it_is_four_pixels_wide(degrees, zoom):
    assert wide_enough(box(0, 0, degrees, degrees / 2), 4, 12) == zoom


def test_what_has_no_width_appears_last():
    assert wide_enough(Point(1, 2), 4, 12) == 12


def test_points_of_a_full_tile_wait_until_they_are_apart():
    # The first two lie in one tile up to zoom 1, the third lies in another from zoom 1 on.
    lon, lat = np.array([10.0, 100.0, -100.0]), np.array([10.0, 10.0, 10.0])
    assert room_for(lon, lat, 1, 5).tolist() == [0, 2, 1]
    assert room_for(lon, lat, 2, 5).tolist() == [0, 0, 1]


def test_points_at_one_place_are_all_drawn_at_the_last_zoom():
    assert room_for(np.full(4, 7.0), np.full(4, 50.0), 2, 9).tolist() == [0, 0, 9, 9]


@given(
    st.lists(st.tuples(st.floats(-180, 180, width=32), st.floats(-90, 90, width=32)), min_size=1, max_size=60),
    st.integers(1, 5),
)
def test_nobody_goes_before_who_precedes_him_and_the_first_are_always_there(places, per_tile):
    lon, lat = np.array(places).T
    first = room_for(lon, lat, per_tile, 6)
    assert (first[:per_tile] == 0).all()
    assert (first == 0).sum() == min(per_tile, len(places))
    assert first.max() <= 6
    fewer = room_for(lon, lat, per_tile + 1, 6)
    assert (fewer <= first).all()
