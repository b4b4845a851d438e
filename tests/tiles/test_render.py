import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from affine import Affine
from PIL import Image
from pyproj import CRS

from data_pipelines.outputs import cog
from data_pipelines.outputs.cog_tiles import halved
from data_pipelines.outputs.raster_tiles import Pyramid, pyramid
from hotspots.errors import CorruptEditionError
from hotspots.fields import Classes
from hotspots.grid import AnalysisGrid
from hotspots.policy import publishable
from tests import miniature
from tiles.cog import CogLevels
from tiles.mercator import Tile, pixel_cells, tiles_over
from tiles.raster import build_raster
from tiles.read import TileArchive
from tiles.render import Look, class_tile, native_zoom, render
from tiles.style import class_colours

LOOK = Look(Classes((1.0, 2.0), "heat", "by hand"))
NONE = 3
"""One past the last of the three classes."""


def grid_of(cell, west, north, shape):
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(cell, 0, west, 0, -cell, north), shape)


def whole(values, west=-180.0, north=45.0, cell=45.0):
    values = np.array(values, dtype=np.float32)
    return Pyramid(grid_of(cell, west, north, values.shape), False, (values,))


def test_every_pixel_has_the_class_of_the_cell_under_its_centre():
    """Cells of 45° at zoom 0: 360° / 45° = 8 columns of 256 / 8 = 32 pixels; two rows meet at the equator, row 128."""
    levels = whole([[0.5, 1.5, 2.5, np.nan, 1.0, 2.0, 3.0, 0.0], [3.0] * 8])
    index = class_tile(levels, Tile(0, 0, 0), LOOK)
    # Upper bounds belong to the class: 1.0 is in the first, 2.0 in the second.
    assert index[127, 16::32].tolist() == [0, 1, 2, NONE, 0, 1, 2, 0]
    assert index[127, 31] == 0
    assert index[127, 32] == 1
    assert set(index[128]) == {2}
    # 45° north lies at (1 - asinh(tan 45°) / π) / 2 · 256 = 92.1 pixels from the top.
    assert set(index[91]) == {NONE}
    assert NONE not in set(index[92, :96])


def test_the_png_holds_the_colours_of_the_legend_and_transparency_only_where_not_assessed():
    levels = whole([[0.5, 1.5, 2.5, np.nan] * 2] * 2)
    image = np.array(Image.open(io.BytesIO(render(levels, Tile(0, 0, 0), LOOK))).convert("RGBA"))
    colours = [(*bytes.fromhex(colour[1:]), 255) for colour in class_colours(LOOK.classes)]
    assert [tuple(image[128, col]) for col in (16, 48, 80)] == colours
    assert image[128, 112, 3] == 0
    assert (image[..., 3] == 0).sum() == (class_tile(levels, Tile(0, 0, 0), LOOK) == NONE).sum()


def test_nothing_assessed_is_no_tile():
    levels = whole([[np.nan, 1.0]], cell=1.0, west=10.0, north=1.0)
    assert class_tile(levels, Tile(1, 0, 0), LOOK) is None
    assert render(whole([[np.nan] * 8] * 2), Tile(0, 0, 0), LOOK) is None


def test_a_grid_across_the_antimeridian_lies_on_both_sides_of_the_map():
    levels = whole([[0.5, 2.5]], west=170.0, north=5.0, cell=10.0)
    assert {tile.x for tile in tiles_over(levels.grid, 3)} == {7, 0}
    assert set(np.unique(class_tile(levels, Tile(3, 7, 3), LOOK))) == {0, NONE}
    assert set(np.unique(class_tile(levels, Tile(3, 0, 3), LOOK))) == {2, NONE}


@pytest.mark.parametrize("extensive", [False, True])
def test_zoomed_out_a_pixel_shows_the_mean_of_the_cells_under_it_also_of_people(extensive):
    """At zoom 1 a pixel is 360° / 512 wide; cells are four times finer, so that level 2, of 4 × 4 cells, holds it."""
    values = np.full((600, 600), 0.5, dtype=np.float32)
    values[::4, ::4] = 20.5  # mean of 16 cells: (20.5 + 15 · 0.5) / 16 = 1.75, the second class; a sum would be 28
    levels = pyramid(grid_of(360 / 512 / 4, -100.0, 50.0, values.shape), values, extensive)
    finest = Pyramid(levels.grid, extensive, (*levels.planes, halved(levels.planes[1], extensive)))
    assert set(np.unique(class_tile(finest, Tile(1, 0, 0), LOOK))) == {1, NONE}
    assert set(np.unique(class_tile(finest, Tile(4, 4, 6), LOOK))) == {0, 2}


@pytest.mark.parametrize(("cell", "zoom"), [(360 / 256, 0), (360 / 512, 1), (1 / 120, 8), (400.0, 0)])
def test_the_native_zoom_is_the_first_whose_pixels_are_no_wider_than_a_cell(cell, zoom):
    assert native_zoom(grid_of(cell, -10.0, 10.0, (1, 1))) == zoom


def test_bilinear_runs_evenly_between_cell_centres_and_spares_what_is_not_assessed():
    """Two cells of 45°, values 0 and 4: halfway between their centres, at their border, the mean is 2."""
    levels = whole([[0.0, 4.0, np.nan]], west=-180.0, north=20.0, cell=45.0)
    smooth = Look(Classes((1.0, 2.0, 3.0), "heat", "by hand"), "bilinear")
    index = class_tile(levels, Tile(0, 0, 0), smooth)
    row = index[128]
    # Centres at pixels 16 and 48: classes change at a quarter, a half and three quarters of the way.
    assert [int(row[col]) for col in (4, 23, 25, 31, 33, 39, 41, 60)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert set(row[64:]) == {4}


def test_a_projected_grid_is_looked_up_pixel_by_pixel():
    grid = AnalysisGrid.from_transform(
        CRS.from_epsg(32633), Affine(10_000, 0, 300_000, 0, -10_000, 5_600_000), (20, 20)
    )
    values = np.arange(400, dtype=np.float32).reshape(20, 20)
    look = Look(Classes(tuple(np.arange(0.5, 250.5)), "heat", "by hand"))
    (tile,) = list(tiles_over(grid, 3))
    index = class_tile(Pyramid(grid, False, (values,)), tile, look)
    row, col = (np.floor(part).astype(int) for part in pixel_cells(grid, tile))
    inside = (row >= 0) & (row < 20) & (col >= 0) & (col < 20)
    assert 0 < inside.sum() < 65536
    expected = np.minimum(row[inside] * 20 + col[inside], 250)
    assert np.array_equal(index[inside], expected)
    assert set(index[~inside]) == {251}


@dataclass(frozen=True)
class Built:
    archive: TileArchive
    memory: Pyramid
    cog: CogLevels


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raster")
    published = publishable(miniature.assessment(), miniature.POLICY)
    list(cog.write(published, folder))
    values = published.rasters["people"].to_numpy().astype(np.float32)
    memory = pyramid(published.grid, values, True)
    build_raster(memory, LOOK, folder / "people.pmtiles", "Title", "Meaning", "Someone")
    return Built(TileArchive(folder / "people.pmtiles"), memory, CogLevels(folder / "rasters" / "people.tif", True))


def pixels(data):
    return np.array(Image.open(io.BytesIO(data)).convert("RGBA"))


def test_prebuilt_and_rendered_tiles_have_the_same_pixels(built):
    tiles = [tile for zoom in range(built.archive.header["max_zoom"] + 1) for tile in tiles_over(built.cog.grid, zoom)]
    assert len(tiles) >= 9
    assert sum(built.archive.tile(tile.z, tile.x, tile.y) is not None for tile in tiles) >= 5
    for tile in tiles:
        stored, made = built.archive.tile(tile.z, tile.x, tile.y), render(built.cog, tile, LOOK)
        assert (stored is None) == (made is None)
        assert stored is None or np.array_equal(pixels(stored), pixels(made))


def test_the_archive_says_what_it_holds(built):
    """0.08° of longitude meets a pixel's centre for the first time at zoom 4, where pixels are 0.088° wide."""
    document = built.archive.tilejson("/{z}/{x}/{y}.png")
    assert (document["format"], document["minzoom"], document["maxzoom"]) == ("png", 4, native_zoom(built.cog.grid))
    assert document["bounds"] == pytest.approx([10.0, 20.0, 10.08, 20.06])
    assert "vector_layers" not in document
    assert not built.archive.is_vector


def test_equal_values_give_equal_bytes(built, tmp_path):
    build_raster(built.memory, LOOK, tmp_path / "again.pmtiles", "Title", "Meaning", "Someone")
    assert (tmp_path / "again.pmtiles").read_bytes() == built.archive.path.read_bytes()


def test_many_threads_render_from_one_cog(built):
    (tile,) = list(tiles_over(built.cog.grid, 8))
    alone = render(built.cog, tile, LOOK)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: render(built.cog, tile, LOOK), range(200))) == {alone}


def test_a_damaged_raster_is_named(tmp_path):
    (tmp_path / "people.tif").write_bytes(b"II*\x00 not a picture")
    with pytest.raises(CorruptEditionError, match=r"people\.tif"):
        CogLevels(tmp_path / "people.tif", True)
