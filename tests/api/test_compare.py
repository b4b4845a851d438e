"""`hotspots compare` on two published editions of the miniature: in the second, Westend has 30 people more."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio

from data_pipelines.outputs.write import write_all
from hotspots.editions import Edition, Store, draft
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests.command import hotspots
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY, assessment


def published(store: Store, scratch: Path, census: str, westend: float) -> Edition:
    first = assessment()
    people = first.layers["people"].copy()
    people[2, 1] = westend
    datasets = tuple(replace(item, provides={"census": "population"}.get(item.id, item.id)) for item in first.datasets)
    made = publishable(replace(first, layers=first.layers.assign(people=people), datasets=datasets), POLICY)
    files = {"census": [scratch / "census.csv"], "facilities": [scratch / "facilities.csv"]}
    files["census"][0].write_text(census)
    files["facilities"][0].write_text("the same\n")
    with store.staging() as folder:
        write_all(made, folder, Silent())
        edition = store.publish(folder, draft(made, files, created=WHEN, software_version="1.0"))
    assert isinstance(edition, Edition)
    return edition


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("inputs")
    store = Store(home)
    return home, published(store, scratch, "2010", 300.0).id, published(store, scratch, "2020", 330.0).id


@pytest.fixture(autouse=True)
def in_that_home(editions: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", str(editions[0]))


def test_the_last_two_editions_in_words(editions) -> None:
    ended = hotspots("compare", "miniature")
    assert ended.code == 0
    assert f"From {editions[1]} to {editions[2]}" in ended.out
    assert "all: 1 same, 1 changed" in ended.out
    # Priority of Westend's cell, 3.16 cells from the plant: 100 / (1 + √10) = 24.03; 30 people more are 7.208.
    assert "Westend (all): rank 2 as before. Priority-weighted people 72.08 → 79.28 (+10.0 %)" in ended.out
    assert "+7.208 by people (data: census (population), other content)" in ended.out


def test_json_and_csv_say_the_same(editions) -> None:
    document = json.loads(hotspots("compare", "miniature", editions[1], editions[2], "--json").out)
    assert (document["before"], document["after"]) == (editions[1], editions[2])
    assert document["differences"] == [{"kind": "data", "what": "census (population)", "detail": "other content"}]
    rows = list(csv.DictReader(io.StringIO(hotspots("compare", "miniature", "--format", "csv").out)))
    assert [row["hotspot_id"] for row in rows] == [row["hotspot_id"] for row in document["hotspots"]]
    westend = next(row for row in document["hotspots"] if row["name"] == "Westend")
    assert westend["people_part"] == pytest.approx(30 / (1 + np.sqrt(10)), rel=1e-3)
    assert westend["pressure_part"] == westend["outline_part"] == 0
    assert westend["rank_within_intervals"] is None


def test_the_order_of_the_editions_is_the_users(editions) -> None:
    document = json.loads(hotspots("compare", "miniature", editions[2], editions[1], "--json").out)
    westend = next(row for row in document["hotspots"] if row["name"] == "Westend")
    assert westend["people_part"] == pytest.approx(-30 / (1 + np.sqrt(10)), rel=1e-3)


def test_the_difference_layers(editions, tmp_path: Path) -> None:
    ended = hotspots("compare", "miniature", "-o", str(tmp_path / "difference"))
    assert ended.code == 0
    with rasterio.open(tmp_path / "difference" / "difference_people.tif") as file:
        people = file.read(1)
        assert file.crs.to_epsg() == 4326
        assert file.tags()["DISCLAIMER"] == POLICY.disclaimer
    assert people[2, 1] == 30
    assert np.isnan(people[0, 7])
    assert np.nansum(people) == 30
    shapes = gpd.read_file(tmp_path / "difference" / "hotspots_difference.geojson")
    assert shapes.set_index("name")["change"].to_dict() == {"Eastend": "same", "Westend": "changed"}
    assert json.loads((tmp_path / "difference" / "comparison.json").read_text())["statement"] == POLICY.statement
    assert "Wrote" not in ended.out


def test_an_unknown_edition_is_answered_with_the_known_ones(editions) -> None:
    ended = hotspots("compare", "miniature", "2020-01-01-000000000000")
    assert ended.code == 8
    assert editions[1] in ended.error
    assert editions[2] in ended.error


def test_a_region_with_one_edition_has_nothing_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = published(Store(tmp_path / "home"), tmp_path, "2010", 300.0)
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "home"))
    ended = hotspots("compare", "miniature")
    assert ended.code == 8
    assert f"no edition was published before {only.id}" in ended.error


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = hotspots("compare", "miniature", "-o", str(tmp_path / "file"))
    assert ended.code == 1
    assert "--output" in ended.error
