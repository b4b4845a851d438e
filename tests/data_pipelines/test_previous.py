"""The hotspots a refresh starts from, and the way out where they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from geopandas.testing import assert_geodataframe_equal

from data_pipelines.previous import previous_hotspots
from hotspots.editions import Edition, Store
from hotspots.errors import CorruptEditionError
from tests.hotspots.editions.publishing import make_draft
from tests.miniature import assessment

REGION = "miniature"
HOTSPOTS = "vectors/hotspots.parquet"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def publish(store: Store, tmp_path: Path, text: str = "first") -> Edition:
    made = make_draft(tmp_path, inputs=text)
    with store.staging() as folder:
        (folder / "vectors").mkdir()
        assessment().hotspots.to_parquet(folder / HOTSPOTS)
        (folder / "map.html").write_text(text)
        published = store.publish(folder, made)
    assert isinstance(published, Edition)
    return published


def test_a_region_without_an_edition_has_none(store: Store) -> None:
    assert previous_hotspots(store, REGION) is None
    store.mark_stale(REGION, "the download failed")
    assert previous_hotspots(store, REGION) is None


def test_they_are_those_of_the_current_edition(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path)
    found = previous_hotspots(store, REGION)
    assert found is not None
    assert_geodataframe_equal(found, assessment().hotspots)


def test_damage_elsewhere_in_the_edition_is_no_hindrance(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path).path("map.html").unlink()
    assert previous_hotspots(store, REGION) is not None


@pytest.mark.parametrize("file", ["manifest.json", HOTSPOTS])
@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_damaged_ones_are_refused_until_rolled_back(store: Store, tmp_path: Path, file: str, damage: str) -> None:
    publish(store, tmp_path)
    path = publish(store, tmp_path, "second").path(file)
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"damaged")
    with pytest.raises(CorruptEditionError, match=rf"{file} is {damage}.*hotspots rollback miniature.*then"):
        previous_hotspots(store, REGION)
    store.rollback(REGION)
    assert previous_hotspots(store, REGION) is not None


def test_the_only_edition_damaged_and_moved_away_is_published_anew(store: Store, tmp_path: Path) -> None:
    only = publish(store, tmp_path)
    only.path("manifest.json").write_text("{}")
    with pytest.raises(CorruptEditionError, match=f"move {only.folder} away and refresh"):
        previous_hotspots(store, REGION)
    only.folder.rename(tmp_path / "aside")
    assert previous_hotspots(store, REGION) is None
    assert publish(store, tmp_path).id == only.id
    assert store.verify(REGION) == ()
