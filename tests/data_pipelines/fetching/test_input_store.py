"""The input store: whole downloads by their content, and what is in archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from config.catalogue_file import RemoteFile
from data_pipelines.fetching import input_store
from data_pipelines.fetching.download import Downloaded, Validators
from data_pipelines.fetching.input_store import InputStore
from data_pipelines.files import sha256
from hotspots.errors import InputError

TIFF = b"II*\x00" + bytes(100)


def remote(url: str = "https://example.org/a.zip", member: str = "*.tif") -> RemoteFile:
    return RemoteFile("file", url, "a.zip", "zip", member, "geotiff", None, None, None)


def arrived(store: InputStore, file: RemoteFile, files: dict[str, bytes]) -> Downloaded:
    path = store.partial(file) / "data"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    validators = Validators('"one"', "Wed, 21 Oct 2015 07:28:00 GMT", path.stat().st_size)
    return Downloaded(path, sha256(path), path.stat().st_size, validators)


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def test_a_download_is_kept_by_its_content_and_known_by_its_address(store: InputStore) -> None:
    assert store.kept(remote()) is None
    got = arrived(store, remote(), {"d/a.tif": TIFF})
    kept = store.add(remote(), got)
    assert store.kept(remote()) == kept
    assert store.path(kept) == store.folder / got.sha256 / "a.zip"
    assert kept.retrieved == kept.checked
    assert str(kept.published) == "2015-10-21"
    assert not store.partial(remote()).exists()
    assert store.kept(remote("https://example.org/b.zip")) is None


def test_the_same_bytes_again_are_as_old_as_before(store: InputStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_pipelines.fetching.input_store._now", lambda: "2026-01-01T00:00:00+00:00")
    first = store.add(remote(), arrived(store, remote(), {"a.tif": TIFF}))
    monkeypatch.setattr("data_pipelines.fetching.input_store._now", lambda: "2026-02-01T00:00:00+00:00")
    again = store.add(remote(), arrived(store, remote(), {"a.tif": TIFF}))
    assert (again.retrieved, again.checked) == (first.retrieved, "2026-02-01T00:00:00+00:00")
    changed = store.add(remote(), arrived(store, remote(), {"a.tif": TIFF + b"1"}))
    assert changed.retrieved == "2026-02-01T00:00:00+00:00"


def test_what_is_in_an_archive_is_unpacked_once(store: InputStore) -> None:
    kept = store.add(remote(), arrived(store, remote(), {"d/a.tif": TIFF, "d/b.csv": b"1"}))
    path = store.readable(remote(), kept)
    assert (path.name, path.read_bytes()) == ("a.tif", TIFF)
    before = path.stat().st_mtime_ns
    assert store.readable(remote(), kept).stat().st_mtime_ns == before


def test_two_that_unpack_at_once_do_not_disturb_each_other(store: InputStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store.add(remote(), arrived(store, remote(), {"d/a.tif": TIFF}))
    real = input_store.unpack_zip

    def slow(*arguments: object) -> Path:
        monkeypatch.setattr(input_store, "unpack_zip", real)
        store.readable(remote(), kept)  # another one, who is done first
        return real(*arguments)

    monkeypatch.setattr(input_store, "unpack_zip", slow)
    assert store.readable(remote(), kept).read_bytes() == TIFF
    assert not list((store.folder / "partial").iterdir())


def test_a_member_that_is_something_else_is_not_kept(store: InputStore) -> None:
    kept = store.add(remote(), arrived(store, remote(), {"a.tif": b"<html>no</html>"}))
    with pytest.raises(InputError, match="web page"):
        store.readable(remote(), kept)
    with pytest.raises(InputError, match="something else than geotiff"):
        other = remote("https://example.org/c.zip")
        store.readable(other, store.add(other, arrived(store, other, {"a.tif": b"id,name"})))
    assert not list(store.folder.glob("*/unpacked/*"))
    assert not list((store.folder / "partial").iterdir())


def test_a_damaged_note_is_as_none(store: InputStore) -> None:
    store.add(remote(), arrived(store, remote(), {"a.tif": TIFF}))
    (note,) = (store.folder / "addresses").iterdir()
    note.write_text("{", encoding="utf-8")
    assert store.kept(remote()) is None
