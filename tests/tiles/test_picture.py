import io

import numpy as np
from affine import Affine
from PIL import Image
from pyproj import CRS

from hotspots.fields import Classes
from hotspots.grid import AnalysisGrid
from tests import miniature
from tiles.picture import MAX_SIDE_PX, frame, webp
from tiles.style import legend

CLASSES = Classes((1.0, 2.0), "heat", "by hand")


def rgba(values, grid):
    return np.array(Image.open(io.BytesIO(webp(values, frame(grid), CLASSES))).convert("RGBA"))


def test_corners_are_those_of_the_grid():
    assert frame(miniature.GRID).coordinates == ((10.0, 20.06), (10.08, 20.06), (10.08, 20.0), (10.0, 20.0))


def test_every_cell_has_the_colour_of_its_class_and_no_value_is_transparent():
    values = np.full(miniature.GRID.shape, 0.5)
    values[0, 0], values[5, 7], values[0, 7] = 1.5, 3.0, np.nan
    image = rgba(values, miniature.GRID)
    colours = [tuple(bytes.fromhex(item.colour[1:])) for item in legend(CLASSES)]
    assert tuple(image[0, 0]) == (*colours[1], 255)
    assert tuple(image[-1, -1]) == (*colours[2], 255)
    assert tuple(image[-1, 0]) == (*colours[0], 255)
    assert image[0, -1, 3] == 0
    assert np.isclose((image[..., 3] == 0).mean(), 1 / 48, atol=0.005)


def test_pixels_are_square_in_web_mercator():
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 0, 0, -1, 60), (30, 30))
    height, width = frame(grid).cell.shape
    stretch = np.log(np.tan(np.pi / 4 + np.radians(60) / 2) / np.tan(np.pi / 4 + np.radians(30) / 2)) / np.radians(30)
    assert np.isclose(height / width, stretch, rtol=0.02)


def test_a_large_grid_gives_a_picture_of_bounded_size():
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 0, 0, -0.01, 40), (3000, 4000))
    assert max(frame(grid).cell.shape) <= MAX_SIDE_PX


def test_a_projected_grid_is_warped_and_its_outside_transparent():
    grid = AnalysisGrid.from_transform(
        CRS.from_epsg(32633), Affine(10_000, 0, 200_000, 0, -10_000, 6_000_000), (40, 60)
    )
    target = frame(grid)
    assert (target.cell == -1).any()
    assert set(np.unique(target.cell)) - {-1} <= set(range(2400))
    assert len(set(np.unique(target.cell)) - {-1}) == 2400


def test_a_grid_across_the_antimeridian_keeps_going_east():
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 175, 0, -1, 5), (10, 10))
    target = frame(grid)
    assert target.coordinates[1] == (185.0, 5.0)
    assert len(np.unique(target.cell)) == 100


def test_a_global_grid_is_cut_where_web_mercator_ends():
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(10, 0, -180, 0, -10, 90), (18, 36))
    assert frame(grid).coordinates[0] == (-180, 85.0511)
