"""Lines between units and the ground of still maps, by hand: three squares in a row, the middle one disputed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from tiles.boundaries import boundary_lines
from tiles.ground import Projection, areas_path, ground, lines_path

ROW = np.array([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)])
MIDDLE = np.array([False, True, False])
NONE = np.zeros(3, bool)
HALF_GLOBE = [[-90.0, 0.0], [90.0, 0.0], [90.0, -66.0], [-90.0, -66.0]]


def test_each_line_is_drawn_once():
    # The row's outline is 3 + 1 + 3 + 1 = 8 long, and two lines of 1 part its squares.
    settled, contested = boundary_lines(ROW, NONE)
    assert settled.length == 10
    assert contested.is_empty


def test_every_line_of_a_disputed_unit_is_disputed_whoever_lies_beside_it():
    # The middle square has 4 lines of 1, two of them shared; of the others' three sides each are left.
    settled, contested = boundary_lines(ROW, MIDDLE)
    assert contested.length == 4
    assert settled.length == 6
    assert shapely.intersection(settled, contested).length == 0
    assert contested.equals(ROW[1].boundary)


def test_a_place_of_the_projection():
    projection = Projection(HALF_GLOBE)
    # Half the width is a quarter turn of the earth: 1000 / π units a radian. The equator is the upper edge.
    # ln tan(45° + 33°) = 1.5484 radians down: 492.9 units.
    assert (projection.width, projection.height) == (1000, 492.9)
    assert projection.places(np.array([[0.0, 0.0], [90.0, -66.0]])).round(1).tolist() == [[500, 0], [1000, 492.9]]


def test_the_longer_side_has_a_thousand_units():
    tall = Projection([[0.0, 66.0], [90.0, 66.0], [90.0, -66.0], [0.0, -66.0]])
    # A quarter turn, π / 2 radians, beside 2 × 1.5484 radians: 1000 × 1.5708 / 3.0968 = 507.2 units.
    assert (tall.width, tall.height) == (507.2, 1000)


def test_a_picture_across_the_antimeridian_goes_on_past_180():
    projection = Projection([[177.0, -16.0], [183.0, -16.0], [183.0, -20.0], [177.0, -20.0]])
    assert projection.places(np.array([[-180.0, -16.0], [180.0, -16.0]])).round(6).tolist() == [[500, 0], [500, 0]]


def test_the_scale_is_a_round_length():
    # 2 degrees at the equator are 222.4 km; a quarter is 55.6 km, so 50 km: 250 × 50 / 55.6 = 224.8 units.
    scale = Projection([[0.0, 1.0], [2.0, 1.0], [2.0, -1.0], [0.0, -1.0]]).scale()
    assert scale.km == 50
    assert scale.length == pytest.approx(224.8, abs=0.1)


def test_paths_go_in_whole_steps_and_leave_out_what_shrinks_to_nothing():
    assert areas_path(box(10.2, 20.4, 30.0, 40.0)) == "M30 20l0 20 -20 0 0 -20 20 0z"
    assert areas_path(box(10.2, 20.4, 10.3, 20.45)) == ""
    assert lines_path(shapely.LineString([(0, 0), (0.2, 0), (5, 5)])) == "M0 0l5 5"
    assert lines_path(shapely.LineString([(0, 0), (0.2, 0)])) == ""


def test_the_ground_of_the_row():
    # 3 degrees are 1000 units: lines at 333 and 667; 1° of latitude at the equator is a little longer than 333.
    made = ground(ROW, MIDDLE, Projection([[0.0, 1.0], [3.0, 1.0], [3.0, 0.0], [0.0, 0.0]]))
    assert made.land.count("M") == 1
    assert "333" in made.disputed
    height = round(math.asinh(math.tan(math.radians(1.0))) * 1000 / math.radians(3.0))
    assert made.disputed.count(str(height)) >= 2
    assert ground(ROW, NONE, Projection(HALF_GLOBE)).disputed == ""
