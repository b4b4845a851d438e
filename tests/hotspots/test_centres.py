from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from hotspots.centres import split

EIGHT = np.ones((3, 3))


def row(values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    field = np.array([values])
    return (field > 0).astype(np.int32), field


@pytest.mark.parametrize(
    ("saddle", "share", "expected"),
    [
        (4.0, 0.5, [1, 1, 1, 2, 2]),
        (5.0, 0.5, [1, 1, 1, 1, 1]),
        (4.0, 0.4, [1, 1, 1, 1, 1]),
        (4.0, 0.0, [1, 1, 1, 1, 1]),
    ],
)
def test_two_peaks_part_where_the_saddle_is_below_the_share_of_the_lower(saddle: float, share: float, expected) -> None:
    components, field = row([15.0, 20.0, saddle, 10.0, 8.0])
    assert split(components, field, np.ones(field.shape), share, 0).tolist() == [expected]


def test_a_centre_needs_people_to_stand_apart() -> None:
    components, field = row([15.0, 20.0, 4.0, 10.0, 8.0])
    people = np.array([[9.0, 9.0, 9.0, 2.0, 2.0]])
    assert split(components, field, people, 0.5, min_people=4).max() == 2
    assert split(components, field, people, 0.5, min_people=5).max() == 1


def test_a_diagonal_is_a_connection_and_rows_do_not_wrap() -> None:
    field = np.array([[9.0, 0.0, 8.0], [0.0, 9.0, 0.0]])
    components = np.array([[1, 0, 1], [0, 1, 0]], dtype=np.int32)
    assert split(components, field, np.ones(field.shape), 0.5, 0).tolist() == [[1, 0, 1], [0, 1, 0]]
    ends = np.array([[0, 0, 1], [1, 0, 0]], dtype=np.int32)
    assert split(ends, ends.astype(float), np.ones(ends.shape), 0.5, 0).max() == 2


def test_cells_without_clustering_join_what_they_touch() -> None:
    components = np.ones((1, 5), dtype=np.int32)
    field = np.array([[-1.0, np.nan, 5.0, -0.5, -2.0]])
    assert split(components, field, np.ones(field.shape), 0.5, 0).max() == 1


@given(
    arrays(np.float64, (7, 9), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 9.0])),
    st.floats(0, 1),
    st.sampled_from([0.0, 2.0, 4.0]),
)
def test_parts_are_connected_lie_in_one_component_and_lose_nothing(field, share: float, min_people: float) -> None:
    components, count = ndimage.label(field > 0, EIGHT)
    people = np.ones(field.shape)
    parts = split(components.astype(np.int32), field, people, share, min_people)
    assert ((parts > 0) == (components > 0)).all()
    assert parts.max() >= count
    for part in range(1, parts.max() + 1):
        inside = parts == part
        assert ndimage.label(inside, EIGHT)[1] == 1
        assert len(np.unique(components[inside])) == 1
        whole = (components == components[inside][0]).sum()
        assert inside.sum() >= min(min_people, whole)
