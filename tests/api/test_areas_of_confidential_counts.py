"""Areas of an edition whose counts of people are confidential: blocks of 2 × 2 cells of the miniature region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from shapely import box, to_geojson

from data_pipelines.outputs.write import write_all
from hotspots.editions import Edition, Store, draft
from hotspots.errors import PolicyError
from hotspots.policy import Publishable, publishable
from hotspots.policy.disclosure import Disclosure, DisclosureAudit
from hotspots.progress import Silent
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import GRID, POLICY, assessment
from tests.serving import served

WEST, NORTH, CELL = 10.0, 20.06, 0.01
INPUTS: dict[str, list[Path]] = {"census": [], "facilities": []}


def confidential() -> Publishable:
    found = assessment()
    datasets = tuple(replace(item, confidential_counts=item.id == "census") for item in found.datasets)
    return publishable(replace(found, datasets=datasets), POLICY)


def blocks() -> np.ndarray:
    """1 to 12 in three rows of four."""
    row, col = np.indices(GRID.shape)
    return (row // 2 * 4 + col // 2 + 1).astype(np.int32)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("confidential")
    made = replace(confidential(), disclosure=Disclosure(DisclosureAudit(10.0, 10.0, (), (), (), (), {}), blocks()))
    store = Store(folder / "home")
    for name in INPUTS:
        (folder / name).write_text(name)
    with store.staging() as staged:
        write_all(made, staged, Silent())
        inputs = {name: [folder / name] for name in INPUTS}
        published = store.publish(staged, draft(made, inputs, created=WHEN, software_version="1.0"))
    assert isinstance(published, Edition)
    return published


@pytest.fixture(scope="module")
def client(edition: Edition) -> Iterator[httpx.Client]:
    with served(edition.folder.parents[2]) as address, httpx.Client(base_url=address, trust_env=False) as made:
        yield made


def figures(client: httpx.Client, first_col: float, last_col: float, rows: tuple[float, float] = (0, 6)) -> Any:
    """Of the columns and rows of cells, counted from the upper left corner."""
    area = box(WEST + first_col * CELL, NORTH - rows[1] * CELL, WEST + last_col * CELL, NORTH - rows[0] * CELL)
    body = {"inputs": {"region": "miniature", "area": json.loads(to_geojson(area))}}
    return client.post("/processes/area-statistics/execution", json=body).raise_for_status().json()


def test_confidential_counts_that_were_not_audited_are_not_published(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="not audited"):
        draft(confidential(), INPUTS, created=WHEN, software_version="1.0")


def test_the_report_has_counts_and_the_blocks_are_read_back(edition: Edition) -> None:
    report = json.loads(edition.path("report/disclosure_audit.json").read_text())
    assert (report["threshold"], report["passed"], report["forms"]) == (10.0, True, [])
    assert edition.count_blocks is not None
    assert (edition.count_blocks == blocks()).all()


def test_an_area_counts_whole_blocks_and_says_so(client: httpx.Client) -> None:
    # Columns 0 to 1.9: the two left columns of blocks by 95 % and none of the others; 300 people live in one.
    found = figures(client, 0, 1.9)
    assert found["people"] == pytest.approx(300.0)
    counted = found["counted"]
    assert (counted["cells"], counted["minimum_people"], counted["people_told"]) == ("whole_blocks", 10.0, True)
    assert counted["drawn_km2"] == pytest.approx(found["area_km2"] * 0.95, rel=1e-6)


def test_two_overlapping_areas_cannot_be_subtracted_to_a_part_of_a_block(client: httpx.Client) -> None:
    # Columns 4 and 5 are a column of blocks, 6 and 7 the next; 350 people live in column 5 and 350 in column 6.
    people = [figures(client, 4, 5.1 + step / 4)["people"] for step in range(9)]
    assert set(people) == {350.0, 700.0}


def test_below_the_minimum_no_figure_of_people_is_told(client: httpx.Client) -> None:
    found = figures(client, 0, 2, rows=(0, 2))
    assert found["people"] is None
    assert found["counted"]["people_told"] is False
    rasters = {item["name"]: item for item in found["rasters"]}
    for name in ("people", "air_exposure"):
        assert {rasters[name][key] for key in ("total", "lowest", "highest", "mean_of_people")} == {None}, name
    assert rasters["air_pressure"]["mean"] is not None
    assert all(part["people"] is None for item in found["rasters"] for part in item["classes"])
