"""Downloads kept by their content, and what is known of each address."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from config.catalogue_file import RemoteFile
from data_pipelines.fetching.archives import unpack_gzip, unpack_zip
from data_pipelines.fetching.download import Downloaded, Validators
from data_pipelines.fetching.sniffing import check_format
from hotspots.editions.durable import disk_errors_named, make_folder, remove_tree, sync, sync_tree

ADDRESSES, PARTIAL, UNPACKED = "addresses", "partial", "unpacked"


@dataclass(frozen=True)
class Kept:
    """The copy of one address.

    ``retrieved`` and ``checked`` are times in UTC (ISO 8601): when these bytes arrived, and when the publisher last
    said that they are still the newest.
    """

    url: str
    sha256: str
    saved_as: str
    size_bytes: int
    retrieved: str
    checked: str
    etag: str | None
    last_modified: str | None

    @property
    def validators(self) -> Validators:
        """What is asked with whether there is something newer."""
        return Validators(self.etag, self.last_modified, self.size_bytes)

    @property
    def published(self) -> date | None:
        """The day the publisher's server says the file was last changed; None where it does not say."""
        if self.last_modified is None:
            return None
        try:
            return parsedate_to_datetime(self.last_modified).date()
        except ValueError:
            return None


class InputStore:
    """``$HOTSPOTS_HOME/inputs``.

    ``<sha256>/<name>`` a download, ``<sha256>/unpacked/<hash of the member's name>/`` what was taken out of it,
    ``addresses/<hash of the address>.json`` what is known of it, ``partial/`` what is still arriving.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self, file: RemoteFile) -> Kept | None:
        """What is kept of the file's address, if its copy is whole."""
        found = self.at(file.url)
        if found is None:
            return None
        path = self.path(found)
        return found if path.is_file() and path.stat().st_size == found.size_bytes else None

    def at(self, url: str) -> Kept | None:
        """What is known of an address; None where there is no note that can be read."""
        return self.noted(self._address(url))

    def noted(self, note: Path) -> Kept | None:
        """What a note says; None where there is none that can be read."""
        try:
            return Kept(**json.loads(note.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def path(self, kept: Kept) -> Path:
        """The download itself."""
        return self.folder / kept.sha256 / kept.saved_as

    def partial(self, file: RemoteFile) -> Path:
        """The folder in which the file arrives."""
        return self.folder / PARTIAL / _name(file.url)

    def add(self, file: RemoteFile, downloaded: Downloaded) -> Kept:
        """Keep a whole download: one rename, so that it is there or is not."""
        now = _now()
        kept = Kept(
            url=file.url,
            sha256=downloaded.sha256,
            saved_as=file.saved_as,
            size_bytes=downloaded.size_bytes,
            retrieved=now,
            checked=now,
            etag=downloaded.validators.etag,
            last_modified=downloaded.validators.last_modified,
        )
        before = self.kept(file)
        if before is not None and before.sha256 == kept.sha256:
            kept = replace(kept, retrieved=before.retrieved)
        with disk_errors_named("keeping a download", self.folder):
            make_folder(self.path(kept).parent)
            downloaded.path.replace(self.path(kept))
            sync(self.path(kept).parent)
            remove_tree(self.partial(file))
            self._write(kept)
        return kept

    def still_current(self, kept: Kept) -> Kept:
        """Write down that the publisher has nothing newer."""
        checked = replace(kept, checked=_now())
        self._write(checked)
        return checked

    def readable(self, file: RemoteFile, kept: Kept) -> Path:
        """The file that an adapter reads: the download, or what is in it; InputError if it cannot be unpacked."""
        if file.archive is None:
            return self.path(kept)
        folder = self.path(kept).parent / UNPACKED / _name(f"{kept.saved_as}/{file.member}")
        if not folder.is_dir():
            self._unpack(file, kept, folder)
        return folder / (folder / ".read").read_text(encoding="utf-8")

    def _unpack(self, file: RemoteFile, kept: Kept, folder: Path) -> None:
        own = self.folder / PARTIAL / uuid.uuid4().hex
        with disk_errors_named("unpacking", self.folder):
            make_folder(own)
            try:
                if file.archive == "zip":
                    path = unpack_zip(self.path(kept), str(file.member), own)
                else:
                    path = unpack_gzip(self.path(kept), own)
                check_format(path, file.format)
                (own / ".read").write_text(path.name, encoding="utf-8")
                sync_tree(own)
                make_folder(folder.parent)
                _move(own, folder)
                sync(folder.parent)
            finally:
                remove_tree(own)

    def _address(self, url: str) -> Path:
        return self.folder / ADDRESSES / f"{_name(url)}.json"

    def _write(self, kept: Kept) -> None:
        path = self._address(kept.url)
        make_folder(path.parent)
        new = path.with_name(f".{uuid.uuid4().hex}")
        with new.open("w", encoding="utf-8") as out:
            json.dump(asdict(kept), out, sort_keys=True, indent=1)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
        sync(path.parent)


def _move(own: Path, folder: Path) -> None:
    try:
        own.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was first, with the same content
            raise


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
