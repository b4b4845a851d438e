"""QGIS opens every output of a fresh edition in the style beside it, and connects to the service.

Skipped where QGIS is not installed.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image

PYTHON = Path("/usr/bin/python3")
OPENS, CONNECTS = (Path(__file__).with_name(f"qgis_{does}.py") for does in ("opens", "connects"))


def run(arguments, home):
    """Run the machine's own Python, to which QGIS belongs, without this project's environment."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))}
    environment = known | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    return subprocess.run(
        [PYTHON, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment, timeout=120
    )


def told(arguments, home):
    """What a script under QGIS's Python prints."""
    if not PYTHON.exists() or run(["-c", "import qgis.core"], home).returncode != 0:
        pytest.skip("QGIS is not installed (Debian package python3-qgis)")
    done = run(arguments, home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return tmp_path_factory.mktemp("qgis") / "map.png"


@pytest.fixture(scope="module")
def layers(edition, picture):
    return told([OPENS, edition.folder, picture], picture.parent)["layers"]


@pytest.fixture(scope="module")
def connected(service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("qgis")
    return told([CONNECTS, service.address, service.region, folder], folder)


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


@pytest.mark.parametrize("layer", ["hotspots", "admin", "sources"])
def test_a_feature_layer_of_the_service_has_all_features_and_their_values(service, connected, layer):
    """QGIS asks for pages of seven: the links to the next lead it through all."""
    own, seen = service.edition.layer(layer), connected[layer]
    assert (seen["valid"], seen["told"], seen["crs"]) == (True, len(own), "EPSG:4326")
    assert seen["names"] == sorted(own["name"].astype(str))
    assert seen["extent"] == pytest.approx(list(own.total_bounds), abs=1e-6)
    if "people" in own:
        assert sum(seen["people"]) == pytest.approx(own["people"].sum(), rel=1e-9)
        assert (seen["fields"]["people"], seen["fields"]["rank"]) == ("Real", "Integer")


def test_every_kind_of_connection_draws_something(service, connected):
    classes = json.loads((service.edition.folder / "pictures" / "people.json").read_text())["classes"]
    for name, seen in connected.items():
        # A blank map has one colour, that of the paper.
        assert (seen["valid"], seen["colours"] > 3) == (True, True), name
    assert connected["wmts"]["colours"] <= len(classes) + 1
