"""The region of the walk-through whose population becomes confidential: 704 cells of one person and a town."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from data_pipelines.outputs import cog, disclosure, geoparquet, quality
from data_pipelines.previous import told_people
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.editions.edition import Edition
from hotspots.errors import DisclosureError
from hotspots.progress import Silent
from tests import new_region
from tests.conftest import Testland
from tests.new_region import REGION


def test_people_that_are_not_published_are_known_from_exposure_and_pressure(testland: Testland) -> None:
    edition = testland.outcome.edition
    assert edition is not None
    kept = tuple(entry for entry in edition.manifest.rasters if entry.name != "people")
    without = replace(edition, manifest=edition.manifest.model_copy(update={"rasters": kept}))
    told, people = told_people(without), told_people(edition)
    known = ~np.isnan(told)
    assert known.any()
    assert told[known] == pytest.approx(people[known], rel=1e-5)


@pytest.fixture
def confidential(testland: Testland, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration with the population marked, and only the writers that are needed here."""
    folder = shutil.copytree(testland.config, tmp_path / "config")
    file = folder / "regions" / f"{REGION}.toml"
    marked = file.read_text().replace('path = "people.tif"\n', 'path = "people.tif"\nconfidential_counts = true\n')
    assert marked != file.read_text()
    file.write_text(marked)
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    needed = (cog.write, geoparquet.write, quality.write, disclosure.write)
    monkeypatch.setattr("data_pipelines.outputs.write.WRITERS", needed)
    return folder


def published(store: Store) -> Edition:
    found = refresh(REGION, store, Silent()).edition
    assert found is not None
    return found


@pytest.mark.usefixtures("confidential")
def test_small_counts_are_merged_audited_and_stated(testland: Testland, tmp_path: Path) -> None:
    assert testland.outcome.edition is not None
    store = Store(tmp_path / "home")
    edition = published(store)
    report = json.loads(edition.path("report/disclosure_audit.json").read_text())
    (people,) = report["forms"]
    assert people["small_counts"] == 704
    assert (people["of_their_own"], people["too_narrow"], report["passed"]) == (0, 0, True)
    assert people["narrowest_interval"] >= 10
    shown, block = edition.raster("people").to_numpy().astype(np.float64), edition.count_blocks
    assert block is not None
    assert shown.sum() == pytest.approx(new_region.PEOPLE, rel=1e-6)
    assert np.bincount(block.ravel(), shown.ravel())[1:].min() >= 10
    # Cells of one block have the same people; so nothing tells which of them was small.
    for number in np.unique(block):
        assert np.ptp(shown[block == number]) == 0
    assert any("no count below 10 is told" in text for text in edition.manifest.assumptions)
    (listed,) = (item for item in edition.manifest.inputs if item.dataset == "population")
    assert (listed.file, listed.size_bytes) == ("", None)
    (raw,) = (item for item in testland.outcome.edition.manifest.inputs if item.dataset == "population")
    assert raw.file == "people.tif"
    assert listed.sha256 != raw.sha256


def test_an_edition_that_showed_the_cells_keeps_the_next_from_being_published(
    testland: Testland, confidential: Path, tmp_path: Path
) -> None:
    store = Store(shutil.copytree(testland.home, tmp_path / "home"))
    before = store.current(REGION).id
    with pytest.raises(DisclosureError, match=r"together with 1 earlier edition, .* small counts \(people by cell\)"):
        refresh(REGION, store, Silent())
    assert store.current(REGION).id == before
    stale = store.stale(REGION)
    assert stale is not None
    assert "small counts" in stale.reason
    assert store.jobs.all()[-1].state == "failed"
    assert confidential.exists()


def test_no_byte_tells_where_in_its_block_people_live(confidential: Path, tmp_path: Path) -> None:
    """Half a person of each block of several cells moves from its first cell to its last: the same edition."""
    first = published(Store(tmp_path / "home"))
    assert first.count_blocks is not None
    block, file = first.count_blocks.ravel(), confidential / "regions" / "people.tif"
    with rasterio.open(file) as source:
        people, profile = source.read(1), source.profile
    flat = people.ravel()
    for number in np.unique(block[block > 0]):
        cells = np.flatnonzero(block == number)
        flat[cells[0]] -= 0.5 if len(cells) > 1 else 0.0
        flat[cells[-1]] += 0.5 if len(cells) > 1 else 0.0
    with rasterio.open(file, "w", **profile) as target:
        target.write(people, 1)
    second = published(Store(tmp_path / "other"))
    assert second.manifest.files == first.manifest.files
    assert second.id == first.id
