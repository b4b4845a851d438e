"""QGIS opens every output of a fresh edition and applies the style beside it. Skipped where QGIS is not installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image

PYTHON = Path("/usr/bin/python3")
SCRIPT = Path(__file__).with_name("qgis_opens.py")


def run(arguments, home):
    """Run the machine's own Python, to which QGIS belongs, without this project's environment."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))}
    environment = known | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    return subprocess.run(
        [PYTHON, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment, timeout=120
    )


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return tmp_path_factory.mktemp("qgis") / "map.png"


@pytest.fixture(scope="module")
def layers(edition, picture):
    if not PYTHON.exists() or run(["-c", "import qgis.core"], picture.parent).returncode != 0:
        pytest.skip("QGIS is not installed (Debian packages qgis and python3-qgis)")
    done = run([SCRIPT, edition.folder, picture], picture.parent)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["layers"]


def test_every_vector_file_opens_with_all_features(layers, counts):
    for layer, count in counts.items():
        for suffix in ("geojson", "gpkg", "csv"):
            seen = layers[f"{layer}.{suffix}"]
            assert (seen["valid"], seen["features"], seen["crs"]) == (True, count, "EPSG:4326")


def test_every_raster_opens(layers):
    rasters = {name: seen for name, seen in layers.items() if name.endswith(".tif")}
    assert len(rasters) > 10
    for seen in rasters.values():
        assert (seen["valid"], seen["size"], seen["crs"]) == (True, [263, 99], "EPSG:4326")


def test_the_style_beside_each_file_is_applied(layers):
    expected = {"hotspots": "RuleRenderer", "admin": "RuleRenderer", "sources": "singleSymbol"}
    for name, renderer in expected.items():
        seen = layers[f"{name}.gpkg"]
        assert (seen["styled"], seen["renderer"]) == (True, renderer)
    assert "Priority (0–100)" in layers["hotspots.gpkg"]["aliases"]
    for name, seen in layers.items():
        if name.endswith(".tif"):
            assert (seen["styled"], seen["renderer"]) == (True, "singlebandpseudocolor")


def test_the_map_it_draws_is_in_the_colours_of_the_legend(layers, picture):
    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(maxcolors=1_000_000)
    assert len(colours) > 20
    white = next((count for count, colour in colours if colour == (255, 255, 255)), 0)
    assert 0.2 < white / (600 * 300) < 0.8
