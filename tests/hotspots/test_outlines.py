from __future__ import annotations

import numpy as np
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rasterio.features import shapes
from shapely.geometry import MultiPolygon, Polygon, box, shape

from hotspots.outlines import collected, outlines

# North-up, one unit a cell, from (10, 50).
TRANSFORM = Affine(1, 0, 10, 0, -1, 50)


def test_a_corner_has_few_corners_and_a_hole_is_one() -> None:
    labels = np.array([[1, 1, 1, 0], [1, 0, 1, 2], [1, 1, 1, 2]], np.int32)
    number, parts = outlines(labels, TRANSFORM)
    assert number.tolist() == [1, 2]
    ring = Polygon(box(10, 47, 13, 50).exterior, [box(11, 48, 12, 49).exterior])
    assert shapely.equals_exact(shapely.normalize(parts[0]), shapely.normalize(ring))
    assert parts[1].equals(box(13, 47, 14, 49))
    assert len(parts[1].exterior.coords) == 5


def test_what_meets_at_a_corner_is_apart_and_a_hole_may_touch_the_outline() -> None:
    number, parts = outlines(np.array([[3, 0], [0, 3]], np.int32), TRANSFORM)
    assert number.tolist() == [3, 3]
    assert [part.area for part in parts] == [1, 1]
    # The hole in the middle meets the missing corner: one valid polygon with a hole.
    open_ring = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1]], np.int32)
    _, (part,) = outlines(open_ring, TRANSFORM)
    assert part.is_valid
    assert (part.area, len(part.interiors)) == (7, 1)


def test_parts_are_collected_by_number() -> None:
    labels = np.array([[2, 0, 2], [0, 1, 0]], np.int32)
    one, two = collected(*outlines(labels, TRANSFORM), 2)
    assert one.equals(box(11, 48, 12, 49))
    assert isinstance(two, MultiPolygon)
    assert two.equals(box(10, 49, 11, 50).union(box(12, 49, 13, 50)))


def test_nothing_has_no_outline() -> None:
    number, parts = outlines(np.zeros((3, 2), np.int32), TRANSFORM)
    assert number.size == parts.size == 0


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.int32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2)))
def test_equals_gdal(labels: np.ndarray) -> None:
    number, parts = outlines(labels, TRANSFORM)
    assert shapely.is_valid(parts).all()
    gdal = list(shapes(labels, mask=labels > 0, connectivity=4, transform=TRANSFORM))
    assert len(parts) == len(gdal)
    for label in (1, 2):
        theirs = [shapely.make_valid(shape(outline)) for outline, value in gdal if value == label]
        assert shapely.union_all(parts[number == label]).equals(shapely.union_all(theirs))
        assert shapely.area(parts[number == label]).sum() == (labels == label).sum()
