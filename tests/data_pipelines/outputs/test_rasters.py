import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from pyproj import CRS
from rio_cogeo import cog_validate

from data_pipelines.outputs import cog, cog_file
from data_pipelines.outputs.cog_tiles import halved
from hotspots.fields import raster_layers
from hotspots.grid import AnalysisGrid
from hotspots.policy import publishable
from tests import miniature

LAYERS = raster_layers(miniature.POLLUTANTS.values())


def test_values_grid_and_missing_cells_are_those_of_the_assessment(folder, publication):
    for name in publication.raster_layers:
        with rasterio.open(folder / "rasters" / f"{name}.tif") as source:
            np.testing.assert_array_equal(source.read(1), publication.rasters[name].to_numpy().astype(np.float32))
            assert source.transform.almost_equals(miniature.GRID.transform)
            assert source.crs.to_epsg() == 4326
            assert np.isnan(source.nodata)


def test_a_raster_says_what_it_is(folder):
    with rasterio.open(folder / "rasters" / "people.tif") as source:
        assert source.descriptions == ("People",)
        assert source.units == ("people",)
        tags = source.tags()
    assert tags["TITLE"] == "People: Miniature"
    assert tags["LICENCE"] == "CC-BY-4.0"
    assert tags["DISCLAIMER"] == miniature.POLICY.disclaimer
    assert tags["OVERVIEWS"] == "sum of the cells"
    assert json.loads(tags["CLASS_BREAKS"]) == list(LAYERS["people"].classes.breaks)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A region of 700 × 1101 cells with a hole, as COGs of people and priority."""
    rng = np.random.default_rng(1)
    values = rng.gamma(0.5, 100, (700, 1101))
    values[:100, :333] = np.nan
    grid = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10, 0, -0.01, 20), values.shape)
    layers = xr.Dataset({name: grid.dataarray(values, name) for name in ("people", "priority")})
    assessment = replace(miniature.assessment(), grid=grid, layers=layers)
    folder = tmp_path_factory.mktemp("large")
    list(cog.write(publishable(assessment, miniature.POLICY), folder))
    return folder, values


def test_it_says_of_which_years_by_which_method_and_where_it_holds(tmp_path):
    assessment = miniature.assessment()
    made = {"years": "People are of 2020.", "method": "Screening (screening)", "validity": "Flat ground."}
    assessment.layers["pm25_increment_ug_m3"].attrs |= made
    list(cog.write(publishable(assessment, miniature.POLICY), tmp_path))
    with rasterio.open(tmp_path / "rasters" / "pm25_increment_ug_m3.tif") as source:
        tags = source.tags()
    assert {name: tags[name.upper()] for name in made} == made
    assert tags["UNIT"] == "µg/m³"


@pytest.mark.parametrize("name", ["people", "priority"])
def test_it_is_a_valid_cog_with_overviews(large, name):
    folder, _ = large
    valid, errors, warnings = cog_validate(folder / "rasters" / f"{name}.tif", strict=True)
    assert (valid, errors, warnings) == (True, [], [])
    with rasterio.open(folder / "rasters" / f"{name}.tif") as source:
        assert source.overviews(1) == [2, 4]
        assert source.block_shapes == [(512, 512)]


def test_what_is_too_large_for_a_classic_tiff_is_a_bigtiff(tmp_path, monkeypatch):
    monkeypatch.setattr(cog_file, "_LARGEST_CLASSIC", 0)
    list(cog.write(publishable(miniature.assessment(), miniature.POLICY), tmp_path))
    path = tmp_path / "rasters" / "people.tif"
    assert path.read_bytes()[:4] == b"II\x2b\x00"
    assert cog_validate(path, strict=True) == (True, [], [])
    with rasterio.open(path) as source:
        expected = miniature.assessment().layers["people"].to_numpy().astype(np.float32)
        np.testing.assert_array_equal(source.read(1), expected)
        assert source.tags()["TITLE"] == "People: Miniature"


def test_people_are_the_same_at_every_level(large):
    folder, values = large
    for level in (0, 1):
        with rasterio.open(folder / "rasters" / "people.tif", overview_level=level) as source:
            assert np.isclose(np.nansum(source.read(1), dtype=float), np.nansum(values), rtol=1e-6)


def test_priority_is_averaged(large):
    folder, values = large
    with rasterio.open(folder / "rasters" / "priority.tif", overview_level=0) as source:
        plane = source.read(1)
    assert plane.shape == (350, 551)
    assert np.isclose(plane[200, 300], values[400:402, 600:602].mean())
    assert np.isnan(plane[0, 0])
    assert np.isclose(plane[0, 166], np.nanmean(values[0:2, 332:334]))


@given(arrays(np.float32, st.tuples(st.integers(513, 520), st.integers(1, 3)), elements=st.floats(0, 1000, width=32)))
def test_a_sum_is_conserved_and_a_mean_stays_within_its_range(values):
    values[::7] = np.nan
    summed = halved(values, extensive=True)
    assert np.isclose(np.nansum(summed, dtype=float), np.nansum(values, dtype=float), rtol=1e-5)
    mean = halved(values, extensive=False)
    assert np.nanmax(mean) <= np.nanmax(values) * (1 + 1e-6)
    assert np.nanmin(mean) >= np.nanmin(values) * (1 - 1e-6)


def test_picture_and_legend_belong_together(folder):
    about = json.loads((folder / "pictures" / "priority.json").read_text(encoding="utf-8"))
    assert about["coordinates"] == [[10.0, 20.06], [10.08, 20.06], [10.08, 20.0], [10.0, 20.0]]
    assert about["unit"] == "0–100"
    assert len(about["classes"]) == 5
    assert (about["classes"][0]["min"], about["classes"][0]["max"]) == (None, 20)
    with Image.open(folder / "pictures" / "priority.webp") as image:
        shown = {f"#{bytes(colour[:3]).hex()}" for _, colour in image.convert("RGBA").getcolors() if colour[3]}
    assert shown <= {item["colour"] for item in about["classes"]}


def test_raster_style_has_the_breaks_of_the_registry(folder):
    root = ET.parse(folder / "rasters" / "people.qml").getroot()
    renderer = root.find("pipe/rasterrenderer")
    assert renderer.get("type") == "singlebandpseudocolor"
    items = renderer.findall("rastershader/colorrampshader/item")
    assert [float(item.get("value")) for item in items] == [*LAYERS["people"].classes.breaks, float("inf")]


def test_vector_style_covers_every_value_and_the_missing_one(folder):
    root = ET.parse(folder / "vectors" / "hotspots.qml").getroot()
    assert root.tag == "qgis"
    rules = root.findall("renderer-v2/rules/rule")
    symbols = {symbol.get("name") for symbol in root.findall("renderer-v2/symbols/symbol")}
    assert len(rules) == 6
    assert {rule.get("symbol") for rule in rules} == symbols
    assert rules[0].get("filter") == '"priority" IS NULL'
    assert rules[1].get("filter") == '"priority" <= 20'
    assert rules[-1].get("filter") == '"priority" > 80'
    assert ET.parse(folder / "vectors" / "sources.qml").getroot().find("renderer-v2").get("type") == "singleSymbol"


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="GDAL's programs are not installed")
def test_the_machines_own_gdal_opens_it(folder):
    path = folder / "rasters" / "priority.tif"
    said = subprocess.run(["gdalinfo", "-json", path], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["size"] == [8, 6]
