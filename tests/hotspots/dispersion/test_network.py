from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.dispersion.network import (
    NOWHERE,
    cell_areas_km2,
    labelled_from_below,
    path,
    route,
    seen_from_upstream,
    trace,
)
from hotspots.errors import InputError
from hotspots.grid import GEOD
from tests.hotspots.dispersion.networks import NE, NW, SE, SW, E, N, S, W, downhill, grid, raster

LINE = raster([E, E, E, E, 0])
CONFLUENCE = raster(
    [SE, S, SW],
    [E, S, W],
    [NE, 0, NW],
)


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, np.random.Generator]:
    rows, cols = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    land = random.random((rows, cols)) < 0.85
    land[rows // 2, cols // 2] = True
    return downhill(random.permutation(rows * cols).reshape(rows, cols), land), random


def test_a_line_of_five_cells_by_hand() -> None:
    channels = trace(grid(1, 5), LINE)
    np.testing.assert_array_equal(channels.downstream, [1, 2, 3, 4, NOWHERE])
    np.testing.assert_array_equal(channels.order, [0, 1, 2, 3, 4])
    # 100 released at the top and 40 in the middle, a half lost at each step: 100, 50, 25 + 40, 32.5, 16.25.
    load = route(channels, np.array([100.0, 0, 40, 0, 0]), np.full(5, 0.5))
    np.testing.assert_allclose(load, [100, 50, 65, 32.5, 16.25])


def test_a_confluence_by_hand() -> None:
    channels = trace(grid(3, 3), CONFLUENCE)
    # Five cells flow to the middle, the two lower corners up to its right and left; all of it leaves at the bottom.
    upstream = channels.accumulated(np.ones(9)).reshape(3, 3)
    np.testing.assert_array_equal(upstream, [[1, 1, 1], [1, 8, 1], [1, 9, 1]])
    assert channels.mouth.sum() == 1
    assert channels.mouth[7]


def test_every_code_leads_where_esri_says() -> None:
    middle = 4
    for code, to in {E: 5, SE: 8, S: 7, SW: 6, W: 3, NW: 0, N: 1, NE: 2}.items():
        direction = np.zeros((3, 3), dtype=np.uint8)
        direction[1, 1] = code
        assert trace(grid(3, 3), direction).downstream[middle] == to


@pytest.mark.parametrize("north", [0.015, 60.015])
def test_lengths_are_geodesic_also_along_diagonals(north: float) -> None:
    cells = grid(3, 3, north)
    for code, (down, right) in {E: (0, 1), S: (1, 0), SE: (1, 1), NW: (-1, -1)}.items():
        direction = np.zeros((3, 3), dtype=np.uint8)
        direction[1, 1] = code
        _, _, expected_m = GEOD.inv(10.015, north - 0.015, 10.015 + 0.01 * right, north - 0.015 - 0.01 * down)
        assert trace(cells, direction).length_m[4] == pytest.approx(expected_m, rel=1e-9)


def test_water_that_leaves_the_raster_or_meets_no_data_is_at_a_mouth() -> None:
    channels = trace(grid(1, 4), raster([W, E, 247, E]))
    np.testing.assert_array_equal(channels.downstream, [NOWHERE] * 4)
    np.testing.assert_array_equal(channels.mouth, [True, True, False, True])


def test_an_end_amid_land_is_a_sink_and_no_mouth() -> None:
    direction = np.full((3, 3), E, dtype=np.uint8)
    direction[1, 1] = 255
    channels = trace(grid(3, 3), direction, endorheic=True)
    assert not channels.mouth[4]
    assert channels.downstream[4] == NOWHERE
    assert not channels.dead_ends.size
    assert not channels.astray.any()


@pytest.mark.parametrize("code", [0, 255])
def test_an_end_amid_land_that_nobody_declared_leads_all_that_drains_to_it_astray(code: int) -> None:
    direction = raster([E, E, E, E], [E, E, code, W], [E, E, E, E])
    channels = trace(grid(3, 4), direction)
    np.testing.assert_array_equal(channels.dead_ends, [6])
    np.testing.assert_array_equal(np.flatnonzero(channels.astray), [4, 5, 6, 7])
    # A code 0 amid land is a fault even where endorheic basins, which have the code 255, are known.
    assert trace(grid(3, 4), direction, endorheic=True).dead_ends.size == (code == 0)


@pytest.mark.parametrize(
    ("direction", "circle", "astray"),
    [
        (raster([E, W]), [0, 1], [0, 1]),
        (raster([E, S], [N, W]), [0, 1, 2, 3], [0, 1, 2, 3]),
        (raster([E, E, E, W]), [2, 3], [0, 1, 2, 3]),
        (raster([E, E, W, E, E]), [1, 2], [0, 1, 2]),
    ],
)
def test_water_in_a_circle_goes_astray_and_so_does_what_drains_to_it(
    direction: np.ndarray, circle: list[int], astray: list[int]
) -> None:
    channels = trace(grid(*direction.shape), direction)
    np.testing.assert_array_equal(channels.circles, circle)
    np.testing.assert_array_equal(np.flatnonzero(channels.astray), astray)
    assert channels.order.size == direction.size
    assert not channels.mouth[circle].any()


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(InputError, match="3 is no flow direction"):
        trace(grid(1, 2), raster([3, 0]))


def test_a_path_is_what_routing_one_release_says() -> None:
    channels = trace(grid(1, 5), LINE)
    kept = np.array([0.9, 0.8, 0.7, 0.6, 1.0])
    cells, share = path(channels, 1, kept)
    np.testing.assert_array_equal(cells, [1, 2, 3, 4])
    np.testing.assert_allclose(share, [1, 0.8, 0.56, 0.336])


def test_labels_are_those_of_the_first_label_below() -> None:
    channels = trace(grid(1, 5), LINE)
    labels = labelled_from_below(channels, np.array([0, 7, 0, 0, 3], dtype=np.int32))
    np.testing.assert_array_equal(labels, [7, 7, 3, 3, 3])


@given(networks())
def test_upstream_counts_are_those_of_walking_down_from_every_cell(
    drawn: tuple[np.ndarray, np.random.Generator],
) -> None:
    direction, _ = drawn
    channels = trace(grid(*direction.shape), direction)
    expected = np.zeros(direction.size)
    for cell in channels.order:
        at = cell
        while at != NOWHERE:
            expected[at] += 1
            at = channels.downstream[at]
    np.testing.assert_array_equal(channels.accumulated(channels.land.astype(float)), expected)


@given(networks())
def test_what_is_released_leaves_is_lost_or_stays(drawn: tuple[np.ndarray, np.random.Generator]) -> None:
    direction, random = drawn
    channels = trace(grid(*direction.shape), direction)
    release = np.where(channels.land, random.random(direction.size), 0.0)
    kept = random.random(direction.size)
    load = route(channels, release, kept)
    ends = channels.land & (channels.downstream == NOWHERE)
    lost = (load * (1 - kept))[channels.land & ~ends].sum()
    assert load[ends].sum() + lost == pytest.approx(release.sum(), rel=1e-9)


@given(networks())
def test_routing_is_linear_and_its_adjoint_is_exact(drawn: tuple[np.ndarray, np.random.Generator]) -> None:
    direction, random = drawn
    channels = trace(grid(*direction.shape), direction)
    first, second, kept, weight = random.random((4, direction.size))
    first, second = np.where(channels.land, (first, second), 0.0)
    both = route(channels, 2 * first + 3 * second, kept)
    np.testing.assert_allclose(both, 2 * route(channels, first, kept) + 3 * route(channels, second, kept), rtol=1e-12)
    seen = seen_from_upstream(channels, weight, kept)
    assert (seen * first).sum() == pytest.approx((weight * route(channels, first, kept)).sum(), rel=1e-12)


@given(networks())
def test_turning_the_raster_round_changes_no_load(drawn: tuple[np.ndarray, np.random.Generator]) -> None:
    direction, random = drawn
    release, kept = random.random((2, *direction.shape))
    turned = {E: W, W: E, N: S, S: N, NE: SW, SW: NE, NW: SE, SE: NW, 0: 0, 247: 247}
    other = np.vectorize(turned.get)(direction[::-1, ::-1]).astype(np.uint8)
    load = route(trace(grid(*direction.shape), direction), release.ravel(), kept.ravel())
    again = route(
        trace(grid(*direction.shape), other), release[::-1, ::-1].ravel().copy(), kept[::-1, ::-1].ravel().copy()
    )
    np.testing.assert_allclose(again.reshape(direction.shape)[::-1, ::-1], load.reshape(direction.shape), rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(networks())
def test_pyflwdir_finds_the_same_upstream_areas(drawn: tuple[np.ndarray, np.random.Generator]) -> None:
    pyflwdir = pytest.importorskip("pyflwdir", reason="pyflwdir is not installed: no oracle for upstream areas")
    direction, _ = drawn
    if (direction != 247).sum() < 2:
        return
    cells = grid(*direction.shape)
    channels = trace(cells, direction)
    oracle = pyflwdir.from_array(direction, ftype="d8", transform=cells.transform, latlon=True)
    expected = oracle.accuflux(cell_areas_km2(cells).reshape(cells.shape))
    found = channels.accumulated(np.where(channels.land, cell_areas_km2(cells), 0.0)).reshape(cells.shape)
    land = direction != 247
    np.testing.assert_allclose(found[land], expected[land], rtol=1e-9)
