"""Old editions go; the newest and the current one stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hotspots.editions import Edition, Store
from hotspots.errors import EditionError, NotFoundError
from tests.hotspots.editions.publishing import WHEN, edition, make_draft

REGION = "miniature"


@pytest.fixture
def four(tmp_path: Path) -> tuple[Store, list[Edition]]:
    """A store with four editions, the last of them current."""
    store = Store(tmp_path / "home")
    made = [edition(store, tmp_path / str(day), f"day {day}", created=WHEN + timedelta(days=day)) for day in range(4)]
    return store, made


def test_the_newest_and_the_current_one_stay(four: tuple[Store, list[Edition]]) -> None:
    store, (first, second, third, fourth) = four
    store.rollback(REGION, first.id)
    assert store.retire(REGION, 2) == (second.id,)
    assert [record.id for record in store.editions(REGION)] == [fourth.id, third.id, first.id]
    assert store.current(REGION).id == first.id
    assert not second.folder.exists()
    with pytest.raises(NotFoundError):
        store.edition(REGION, second.id)
    assert store.audit()[-1].act == "retire"
    assert store.retire(REGION, 2) == ()
    assert not any(store.layout.staging.iterdir())


def test_comparisons_go_with_either_of_their_editions(four: tuple[Store, list[Edition]]) -> None:
    store, (first, second, third, fourth) = four
    for after, before in ((fourth, third), (fourth, second), (third, first), (second, first)):
        with store.staging() as staged:
            (staged / "comparison.json").write_text(before.id)
            kept = store.comparisons.keep(REGION, after.id, before.id, staged)
        assert (kept / "comparison.json").read_text() == before.id
    assert store.comparisons.of(REGION, fourth.id) == (third.id, second.id)
    assert store.retire(REGION, 2) == (second.id, first.id)
    assert store.comparisons.of(REGION, fourth.id) == (third.id,)
    assert store.comparisons.of(REGION, third.id) == ()
    with pytest.raises(NotFoundError, match="have not been compared"):
        store.comparisons.folder(REGION, fourth.id, "../../editions")
    assert not (store.layout.comparisons / REGION / second.id).exists()
    assert not (store.layout.comparisons / REGION / fourth.id / second.id).exists()


@pytest.mark.parametrize("step", ["hotspots.editions.store.os.rename", "hotspots.editions.catalogue.delete"])
def test_an_interrupted_retirement_is_completed_by_the_next(
    four: tuple[Store, list[Edition]], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store, (first, second, third, fourth) = four

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch, pytest.raises(EditionError):
        patch.setattr(step, fail)
        store.retire(REGION, 2)
    assert store.current(REGION).id == fourth.id
    assert store.retire(REGION, 2) == (second.id, first.id)
    assert {folder.name for folder in (store.layout.editions / REGION).iterdir()} == {third.id, fourth.id}
    assert [record.id for record in store.editions(REGION)] == [fourth.id, third.id]


def test_what_told_of_confidential_counts_stays_when_an_edition_goes(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    told = ("rasters/people.tif", "report/count_blocks.tif", "report/disclosure_audit.json", "vectors/admin.parquet")
    for day in range(3):
        made = make_draft(tmp_path / str(day), created=WHEN + timedelta(days=day))
        with store.staging() as folder:
            for path in (*told, "vectors/hotspots.parquet"):
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_bytes(f"{path} of day {day}".encode())
            store.publish(folder, made)
    first, second = (record.id for record in reversed(store.editions(REGION)[1:]))
    assert store.retire(REGION, 1) == (second, first)
    left = store.remains.editions(REGION)
    assert [item.id for item in left] == [first, second]
    for day, item in enumerate(left):
        assert {path for path in told if item.path(path).read_bytes() == f"{path} of day {day}".encode()} == set(told)
        assert not item.path("vectors/hotspots.parquet").exists()
    with pytest.raises(NotFoundError):
        store.edition(REGION, first)


def test_nothing_stays_of_an_edition_without_confidential_counts(four: tuple[Store, list[Edition]]) -> None:
    store, _ = four
    store.retire(REGION, 1)
    assert store.remains.editions(REGION) == ()
    assert not store.layout.remains(REGION).exists()
