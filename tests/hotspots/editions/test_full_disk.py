"""A disk that fills up: what was current stays current, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.editions import Edition, Store
from hotspots.errors import EditionError
from tests.hotspots.editions.publishing import edition, make_draft, publish, write_files

REGION = "miniature"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.mark.parametrize("step", ["manifest", "fsync", "rename"])
def test_a_full_disk_keeps_the_old_edition(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = edition(store, tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = {
        "manifest": "hotspots.editions.publish.write_synced",
        "fsync": "os.fsync",
        "rename": "os.rename",
    }[step]
    with pytest.raises(EditionError, match="No space left on device"), store.staging() as folder:
        write_files(folder, "second")
        made = make_draft(tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(target, full)
            store.publish(folder, made)
    assert store.current(REGION) == first
    assert store.verify(REGION) == ()
    assert list(store.layout.staging.iterdir()) == []
    assert [folder.name for folder in (store.layout.editions / REGION).iterdir()] == [first.id]
    assert isinstance(publish(store, tmp_path, "second"), Edition)


def test_a_disk_that_fills_while_files_are_written_names_the_remedy(store: Store) -> None:
    with pytest.raises(EditionError, match="Free space"), store.staging():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(store.layout.staging.iterdir()) == []


def test_a_catalogue_that_cannot_grow_leaves_no_unregistered_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = edition(store, tmp_path)

    def full(*_: object, **__: object) -> None:
        raise EditionError("database or disk is full")

    with monkeypatch.context() as patch, pytest.raises(EditionError, match="disk is full"):
        patch.setattr("hotspots.editions.catalogue.Catalogue.move_pointer", full)
        publish(store, tmp_path, "second")
    assert [folder.name for folder in (store.layout.editions / REGION).iterdir()] == [first.id]
    assert store.current(REGION) == first


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path) -> None:
    store = Store(small_disk / "home")
    first = edition(store, tmp_path)
    made = make_draft(tmp_path)
    refused = []
    for left in range(0, 2**19, 4096):
        try:
            with store.staging() as folder:
                write_files(folder, f"with {left} bytes left")
                _fill(small_disk / "ballast", left)
                store.publish(folder, made)
            break
        except EditionError as error:
            refused.append(str(error))
        (small_disk / "ballast").unlink()
        assert store.current(REGION) == first
        assert store.verify(REGION) == ()
        store.recover()
        assert store.current(REGION) == first
        assert list(store.layout.staging.iterdir()) == []
        there = {folder.name for folder in (store.layout.editions / REGION).iterdir()}
        assert there == {record.id for record in store.editions(REGION)}
        assert all(store.verify(REGION, name) == () for name in there)
    assert len(refused) > 3
    assert all(re.search("No space left|disk is full|disk I/O", text) for text in refused), refused
    assert store.current(REGION) != first
    assert store.verify(REGION) == ()


def test_a_full_disk_can_still_be_read(small_disk: Path, tmp_path: Path) -> None:
    store = Store(small_disk / "home")
    made = edition(store, tmp_path)
    _fill(small_disk / "ballast", 0)
    assert store.current(REGION) == made
    assert store.verify(REGION) == ()
    with pytest.raises(EditionError, match=r"disk is full|disk I/O"):
        store.mark_stale(REGION, "no space")


def test_a_new_process_on_a_full_disk_names_the_disk_and_the_remedy(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    made = [sys.executable, "-c", "from api.cli import main; main()", "regions"]
    environment = os.environ | {"HOTSPOTS_HOME": str(home)}
    assert subprocess.run(made, env=environment, check=False, capture_output=True).returncode == 0
    _fill(small_disk / "ballast", 0)
    ended = subprocess.run(made, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == EditionError.exit_code
    assert f"{home}/catalogue.sqlite: cannot be used: No space left on the disk mounted at {small_disk}" in ended.stderr
    assert "Remedy: Free a megabyte on that disk" in ended.stderr
    assert "Traceback" not in ended.stderr


def _fill(path: Path, left: int) -> None:
    """Leave ``left`` bytes of the disk."""
    state = os.statvfs(path.parent)
    path.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - left)))
