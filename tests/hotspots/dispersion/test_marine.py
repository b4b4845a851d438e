from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from hotspots.dispersion.freshwater import Rivers
from hotspots.dispersion.marine import REFERENCE_KM2, Sea, held_in, kept_by_rivers, spreading, to_mouths
from hotspots.dispersion.network import NOWHERE
from hotspots.grid import GEOD, AnalysisGrid
from hotspots.inputs import FlowNetwork, Runoff
from hotspots.method import MarineMethod

METHOD = MarineMethod("plastic", 0.5, 10_000, 100_000, 20_000, 3_000, 5_000, 20_000, 10_000)
LAND, WATER = "#", "~"


def sea(*rows: str, north: float = 0.0, cell: float = 0.01) -> Sea:
    """A sea drawn with # for land and ~ for water, its north-west corner at 10° E."""
    water = np.array([[letter == WATER for letter in row] for row in rows])
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(cell, 0, 10.0, 0, -cell, north), water.shape)
    return Sea(grid, water)


def random_sea(seed: int, shape: tuple[int, int], share: float, north: float = 60.0) -> Sea:
    water = np.random.default_rng(seed).random(shape) < share
    water[0, 0] = True
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10.0, 0, -0.01, north), shape)
    return Sea(grid, water)


def spread(where: Sea, row: int, col: int, method: MarineMethod = METHOD) -> np.ndarray:
    """kg/km²/yr (rows, cols) of 1 kg/yr that enters at a sea cell; 0 on land."""
    field = np.zeros(where.is_sea.size)
    field[where.cells] = spreading(where, where.number[[row], [col]], method).toarray()[0]
    return field.reshape(where.is_sea.shape)


def test_the_kernel_by_hand() -> None:
    # Three cells at the equator, 0.01° = 1 113.195 m apart; with λ = 1 113.195 m the weights are 1, 1/e and 1/e²,
    # which sum to 1.50321; a cell has 1.2309 km².
    strip = sea("~~~")
    field = spread(strip, 0, 0, replace(METHOD, spread_m=1_113.195))
    assert strip.area_km2 == pytest.approx([1.2309] * 3, rel=1e-4)
    expected = np.array([1.0, 0.367879, 0.135335]) / 1.50321 / 1.2309
    assert field[0] == pytest.approx(expected, rel=1e-4)


def test_nothing_crosses_an_isthmus() -> None:
    bays = sea("~~~#~~~", "~~~#~~~", "~~~#~~~")
    field = spread(bays, 1, 2)
    assert (field[:, :3] > 0).all()
    assert (field[:, 3:] == 0).all()
    assert (field[:, :3] * bays.grid.row_area_km2[:, None]).sum() == pytest.approx(1.0, rel=1e-12)


def test_nothing_slips_between_two_cells_of_land_that_touch_at_a_corner() -> None:
    bays = sea("~~~#", "~~#~", "~#~~", "#~~~")
    field = spread(bays, 0, 0)
    north_west = np.add.outer(np.arange(4), np.arange(4)) < 3
    assert (field[north_west] > 0).all()
    assert (field[~north_west] == 0).all()


def test_water_goes_round_a_headland() -> None:
    # From the upper left to the lower left cell: two steps straight, six round the wall; λ is one step.
    cape = sea("~~~", "##~", "~~~")
    open_sea = sea("~~~", "~~~", "~~~")
    one_step = replace(METHOD, spread_m=1_113.195)
    behind, before = spread(cape, 0, 0, one_step), spread(open_sea, 0, 0, one_step)
    assert before[2, 0] / before[0, 0] == pytest.approx(np.exp(-2), rel=0.02)
    # Right, diagonally down to the right edge, diagonally back, left: 2 + 2 √2 steps.
    assert behind[2, 0] / behind[0, 0] == pytest.approx(np.exp(-2 - 2 * np.sqrt(2)), rel=0.03)


def test_the_kernel_ends_at_its_radius() -> None:
    field = spread(sea("~" * 40), 0, 0, replace(METHOD, radius_m=5_000))
    assert np.count_nonzero(field) == 5  # the cell itself and four of 1 113 m each
    assert field[0].sum() * 1.2309 == pytest.approx(1.0, rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 1.0))
def test_mass_is_kept_and_the_order_of_entries_changes_nothing(seed: int, share: float) -> None:
    where = random_sea(seed, (12, 15), share)
    entries = np.random.default_rng(seed).permutation(where.cells.size)
    kernel = spreading(where, entries, METHOD)
    np.testing.assert_allclose(kernel @ where.area_km2, 1.0, rtol=1e-12)
    ordered = spreading(where, np.sort(entries), METHOD)
    np.testing.assert_array_equal(kernel.toarray(), ordered.toarray()[entries])


@pytest.mark.parametrize("share", [0.5, 0.7, 0.95])
def test_water_distance_against_dijkstra(share: float) -> None:
    where = random_sea(3, (20, 25), share)
    rows, cols = where.is_sea.shape
    edges = []
    for r, c in zip(*np.nonzero(where.is_sea), strict=True):
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            r2, c2 = r + down, c + right
            if not (0 <= r2 < rows and 0 <= c2 < cols and where.is_sea[r2, c2]):
                continue
            if down and right and not (where.is_sea[r, c2] or where.is_sea[r2, c]):
                continue
            step = np.hypot(
                right * where.grid.row_width_m[[r, r2]].mean(), down * where.grid.row_height_m[[r, r2]].mean()
            )
            edges.append((where.number[r, c], where.number[r2, c2], step))
    start, end, length = (np.array(part) for part in zip(*edges, strict=True))
    count = where.cells.size
    graph = sparse.csr_array((length, (start, end)), shape=(count, count))
    distance_m = dijkstra(graph, directed=False)
    weight = np.where(distance_m <= METHOD.radius_m, np.exp(-distance_m / METHOD.spread_m), 0.0)
    expected = weight / (weight @ where.area_km2)[:, None]
    np.testing.assert_allclose(spreading(where, np.arange(count), METHOD).toarray(), expected, rtol=1e-9)


def test_the_nearest_sea_cell_is_the_nearest_by_true_distance() -> None:
    where = random_sea(5, (20, 25), 0.2)
    lon, lat = where.grid.lonlat(*np.indices(where.is_sea.shape))
    number, distance_m = where.nearest(lon, lat, 1e5)
    sea_lon, sea_lat = where.grid.lonlat(*np.divmod(where.cells, where.grid.cols))
    for cell in range(lon.size):
        here = np.full(sea_lon.size, lon.ravel()[cell]), np.full(sea_lon.size, lat.ravel()[cell])
        _, _, every_m = GEOD.inv(*here, sea_lon, sea_lat)
        assert distance_m[cell] == pytest.approx(every_m.min(), rel=1e-5, abs=1e-6)
        assert every_m[number[cell]] == pytest.approx(every_m.min(), rel=1e-5, abs=1e-6)


def test_no_sea_within_reach_is_nowhere() -> None:
    number, distance_m = sea("~#####").nearest([10.005, 10.045, 11.0], [-0.005, -0.005, -0.005], 3_000)
    assert number.tolist() == [0, NOWHERE, NOWHERE]
    assert distance_m.tolist() == [0.0, np.inf, np.inf]
    nothing, _ = sea("###").nearest([10.005], [-0.005], 1e6)
    assert nothing.tolist() == [NOWHERE]


def test_entries_near_the_edge_of_the_grid_are_told() -> None:
    where = sea(*["~" * 30] * 30)
    told = held_in(where, np.arange(900), 5_000).reshape(30, 30)
    # 5 km are 4.5 cells: nearer than five cells to an edge.
    assert not told[5:25, 5:25].any()
    assert told.sum() == 900 - 400


def rivers(direction: list[list[int]], stream_area_km2: float) -> Rivers:
    codes = np.array(direction, dtype=np.uint8)
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.1, 0, 10.0, 0, -0.1, 0.05), codes.shape)
    return Rivers.of(FlowNetwork(grid, codes, Runoff(400.0, "test"), 20.0, True), stream_area_km2, 0.5)


def test_the_way_to_the_mouth_by_hand() -> None:
    # Five cells of 11 132 m and 123.1 km² along the equator, flowing east; those with more than 300 km² are streams.
    river = rivers([[1, 1, 1, 1, 0]], stream_area_km2=300.0)
    kept = kept_by_rivers(river, METHOD)
    # Land: exp(-11 132 / 10 000) = 0.3285. Streams drain 369 and 492 km²: λ = 100 km · √0.369 = 60.8 km and 70.2 km.
    assert REFERENCE_KM2 == 1000
    assert kept == pytest.approx([0.3285, 0.3285, 0.8327, 0.8533, 1.0], rel=1e-3)
    mouth, share = to_mouths(river, kept)
    assert mouth.tolist() == [4] * 5
    assert share == pytest.approx([0.07669, 0.2334, 0.7106, 0.8533, 1.0], rel=1e-3)


def test_what_flows_to_an_inland_sink_reaches_no_mouth() -> None:
    # The middle of 3 × 5 cells is a sink that its two neighbours in the row flow to.
    river = rivers([[1, 1, 1, 1, 0], [64, 1, 255, 16, 0], [1, 1, 1, 1, 0]], stream_area_km2=1e9)
    mouth, share = to_mouths(river, kept_by_rivers(river, METHOD))
    assert mouth.reshape(3, 5)[1].tolist() == [4, NOWHERE, NOWHERE, NOWHERE, 9]
    assert share.reshape(3, 5)[1, 1:4].tolist() == [0, 0, 0]
    assert (share.reshape(3, 5)[[0, 2]] > 0).all()


def test_a_larger_river_carries_farther() -> None:
    small, large = rivers([[1, 1, 1, 1, 0]], 100.0), rivers([[1] * 4 + [0], [64] * 5, [64] * 5], 100.0)
    share_small = to_mouths(small, kept_by_rivers(small, METHOD))[1]
    share_large = to_mouths(large, kept_by_rivers(large, METHOD))[1]
    assert share_large[0] > share_small[0]
