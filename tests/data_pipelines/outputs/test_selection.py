"""Some features of a published file: the others are gone, all else is as it was."""

from __future__ import annotations

import json
import sqlite3

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from data_pipelines.outputs import geojson, geopackage, geoparquet, spreadsheet
from data_pipelines.outputs.selection import copy_rows
from hotspots.policy import publishable
from tests.miniature import POLICY, assessment


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edition")
    for writer in (geojson, geopackage, geoparquet, spreadsheet):
        list(writer.write(publishable(assessment(), POLICY), folder))
    return folder / "vectors"


def copied(vectors, folder, ending, rows):
    target = folder / f"some.{ending}"
    copy_rows(vectors / f"hotspots.{ending}", rows, target)
    return target


@pytest.mark.parametrize(("rows", "names"), [([1], ["Westend"]), ([0], ["Eastend"]), ([0, 1], ["Eastend", "Westend"])])
def test_every_format_keeps_the_same_features_and_nothing_else_changes(vectors, tmp_path, rows, names):
    whole = json.loads((vectors / "hotspots.geojson").read_text(encoding="utf-8"))
    some = json.loads(copied(vectors, tmp_path, "geojson", rows).read_text(encoding="utf-8"))
    assert some["features"] == [whole["features"][row] for row in rows]
    assert {**some, "features": None} == {key: value for key, value in whole.items() if key != "bbox"} | {
        "features": None
    }
    for ending, read in (("csv", pd.read_csv), ("gpkg", pyogrio.read_dataframe), ("parquet", gpd.read_parquet)):
        before = read(vectors / f"hotspots.{ending}").iloc[rows].reset_index(drop=True)
        after = read(copied(vectors, tmp_path, ending, rows))
        assert list(after["name"]) == names
        pd.testing.assert_frame_equal(pd.DataFrame(after), pd.DataFrame(before))


def test_a_geopackage_finds_the_features_that_are_left_and_keeps_what_it_says(vectors, tmp_path):
    target = copied(vectors, tmp_path, "gpkg", [1])
    assert list(pyogrio.read_dataframe(target, bbox=(10.01, 20.03, 10.02, 20.04))["name"]) == ["Westend"]
    assert pyogrio.read_dataframe(target, bbox=(10.055, 20.022, 10.06, 20.028)).empty
    assert pyogrio.read_info(target)["features"] == 1
    assert pyogrio.read_info(target)["layer_metadata"] == pyogrio.read_info(vectors / "hotspots.gpkg")["layer_metadata"]
    with sqlite3.connect(target) as database:
        assert database.execute("SELECT count(*) FROM rtree_hotspots_geom").fetchone() == (1,)


def test_a_parquet_keeps_the_meaning_of_its_columns(vectors, tmp_path):
    before = pq.read_schema(vectors / "hotspots.parquet")
    after = pq.read_schema(copied(vectors, tmp_path, "parquet", [1]))
    assert after.field("people").metadata == before.field("people").metadata
    assert after.metadata[b"notice"] == before.metadata[b"notice"]
