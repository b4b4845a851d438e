from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS
from shapely.geometry import MultiPolygon, Point, Polygon, box

from hotspots.exposure import coverage
from hotspots.grid import AnalysisGrid
from hotspots.zonal import Outlines

# 3 × 3 cells of one degree, from (0, 3) to (3, 0).
GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 0, 0, -1, 3), (3, 3))
VALUES = np.arange(1.0, 10.0).reshape(1, 3, 3)


def zones(*shapes) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs="OGC:CRS84")


def test_a_triangle_by_hand() -> None:
    # Half of the upper left 2 × 2 cells, above the diagonal from (0, 3) to (2, 1): half of 1, all of 2, half of 5.
    triangle = Polygon([(0, 3), (2, 3), (2, 1)])
    # The same from the other side: half of 1, all of 4, half of 5.
    other = Polygon([(0, 3), (0, 1), (2, 1)])
    sums = Outlines.of(GRID, zones(triangle, other)).sums(VALUES)
    np.testing.assert_allclose(sums[:, 0], [0.5 + 2 + 2.5, 0.5 + 4 + 2.5])


def test_holes_parts_and_what_lies_outside() -> None:
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    parts = MultiPolygon([box(0, 2, 1, 3), box(2, 0, 3, 1)])
    beyond = box(-5, -5, 8, 8)
    sums = Outlines.of(GRID, zones(ring, parts, beyond, box(4, 0, 5, 1))).sums(VALUES)
    np.testing.assert_allclose(sums[:, 0], [40, 10, 45, 0], atol=1e-12)


def test_missing_cells_count_nothing_and_planes_are_summed_apart() -> None:
    values = np.concatenate([VALUES, 10 * VALUES])
    values[0, 1, 1] = np.nan
    sums = Outlines.of(GRID, zones(box(0.5, 0.5, 2.5, 2.5))).sums(values)
    np.testing.assert_allclose(sums, [[15, 200]])


def random_zones(seed: int) -> tuple[AnalysisGrid, np.ndarray, gpd.GeoDataFrame]:
    rng = np.random.default_rng(seed)
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.1, 0, 5, 0, -0.1, 50), (40, 50))
    centres = rng.uniform([4.5, 45.5], [10.5, 50.5], (30, 2))
    shapes = [Point(*xy).buffer(rng.random(), quad_segs=int(rng.integers(1, 9))) for xy in centres]
    shapes.append(shapely.union_all(shapes[:9]))
    shapes.append(Point(7, 48).buffer(1.5).difference(Point(7, 48).buffer(0.6)))
    return grid, rng.random((2, *grid.shape)), gpd.GeoDataFrame(geometry=shapes, crs=grid.crs)


def test_equals_exactextract() -> None:
    grid, values, shapes = random_zones(4)
    west, south, east, north = grid.bounds
    source = NumPyRasterSource(values[0], west, south, east, north, srs_wkt=grid.crs_wkt)
    oracle = exact_extract(source, shapes, ["sum"], output="pandas")["sum"]
    np.testing.assert_allclose(Outlines.of(grid, shapes).sums(values)[:, 0], oracle, rtol=1e-6)
    np.testing.assert_allclose(Outlines.of(grid, shapes).sums(values)[:, 1], coverage(grid, shapes).sum(values[1]))


@pytest.mark.parametrize(("height", "width"), [(1, 50), (7, 11), (40, 1), (40, 50)])
def test_the_sums_of_all_blocks_are_those_of_the_grid(height: int, width: int) -> None:
    grid, values, shapes = random_zones(5)
    outlines = Outlines.of(grid, shapes)
    total = np.zeros((len(shapes), 2))
    for row in range(0, 40, height):
        for col in range(0, 50, width):
            total += outlines.sums(values[:, row : row + height, col : col + width], row, col)
    np.testing.assert_allclose(total, outlines.sums(values), rtol=1e-9, atol=1e-9)
