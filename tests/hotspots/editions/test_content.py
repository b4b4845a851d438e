"""What an edition's id depends on, and what it does not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hotspots.editions import Store, Unchanged
from hotspots.editions.manifest import (
    ConsentStatement,
    Content,
    PeopleTotals,
    PolicyStatement,
    WithheldLayer,
    content_sha256,
    describe_file,
)
from tests.hotspots.editions.publishing import edition, make_draft, write_files


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


FILES = [
    describe_file(f"vectors/{name}.csv", sha256 * 64, 1, {}) for name, sha256 in [("a", "0"), ("b", "1"), ("c", "2")]
]


def test_the_content_hash_does_not_know_the_order_of_files(tmp_path: Path) -> None:
    content = make_draft(tmp_path).content
    assert len({content_sha256(content, order) for order in itertools.permutations(FILES)}) == 1


CHANGES: dict[str, object] = {
    "region": "other",
    "title": "Other",
    "bounds": (0.0, 0.0, 1.0, 1.0),
    "inputs": (),
    "method": {},
    "region_settings": {},
    "pollutants": {},
    "status": {},
    "totals": PeopleTotals(people=1.0, people_in_units=1.0, people_outside_units=0.0),
    "assumptions": ("another",),
    "notes": ("another",),
    "policy": PolicyStatement(disclaimer="", statement="", licence="", publisher=""),
    "withheld": (WithheldLayer(layer="sources", dataset="facilities", reason="its licence"),),
    "consents": (
        ConsentStatement(
            dataset="facilities",
            title="Facilities",
            country="JAM",
            layer="all",
            precision="withheld",
            cell_deg=None,
            basis="consent",
            authority="Ministry",
            purpose="screening",
            reason="security",
            access_right="NON_PUBLIC",
            conf_status="N",
            valid_until=None,
            ends_at=None,
            effect="",
        ),
    ),
    "rasters": (),
    "vectors": (),
    "quality": (),
}


def test_the_content_hash_knows_everything_an_edition_says(tmp_path: Path) -> None:
    content = make_draft(tmp_path).content
    assert set(CHANGES) == set(Content.model_fields)
    changed = [content.model_copy(update={name: value}) for name, value in CHANGES.items()]
    hashes = {content_sha256(each, tuple(FILES)) for each in (content, *changed)}
    assert len(hashes) == 1 + len(CHANGES)


def test_the_content_hash_knows_the_names_of_data_files(tmp_path: Path) -> None:
    content = make_draft(tmp_path).content
    renamed = [FILES[0].model_copy(update={"path": "vectors/z.csv"}), *FILES[1:]]
    assert content_sha256(content, tuple(renamed)) != content_sha256(content, tuple(FILES))


def test_another_version_of_the_software_with_the_same_result_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    with store.staging() as folder:
        write_files(folder)
        assert store.publish(folder, replace(make_draft(tmp_path), software_version="2.0")) == Unchanged(first)


def test_the_date_in_the_id_is_that_of_greenwich(store: Store, tmp_path: Path) -> None:
    early = datetime(2026, 3, 1, 2, 0, tzinfo=timezone(timedelta(hours=14)))
    assert edition(store, tmp_path, created=early).id.startswith("2026-02-28-")
