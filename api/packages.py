"""One layer of an edition as a ZIP file that is never on disk: known to its last byte before the first is sent."""

from __future__ import annotations

import hashlib
import io
import shutil
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.ranges import CHUNK, read_file
from hotspots.editions import Edition
from hotspots.errors import NotFoundError

DOCUMENTS = (
    "report/codebook.csv",
    "report/codebook.md",
    "report/quality.csv",
    "report/ATTRIBUTION.md",
    "report/CITATION.cff",
)
"""Reports that go into every package: what the fields mean, what became of the inputs, licences, how to cite."""


READING = (
    "An empty value means not assessed, never zero. codebook.csv says what every field means and in which unit, "
    "quality.csv which rows of the inputs were flagged or left out. Keep the .qml beside the data: QGIS styles the "
    "layer by it."
)


@dataclass(frozen=True)
class Part:
    """``length`` bytes from ``start`` on: ``content`` itself, or that of the file it names."""

    start: int
    length: int
    content: bytes | Path


@dataclass(frozen=True)
class Package:
    """A ZIP file as its parts, end to end. Equal editions give equal bytes."""

    name: str
    etag: str
    size_bytes: int
    parts: tuple[Part, ...]

    def read(self, first: int, end: int) -> Iterator[bytes]:
        """The bytes from ``first`` up to but not including ``end``, in chunks of at most CHUNK."""
        for part in self.parts:
            begin, stop = max(first - part.start, 0), min(end - part.start, part.length)
            if begin < stop:
                if isinstance(part.content, bytes):
                    yield part.content[begin:stop]
                else:
                    yield from read_file(part.content, begin, stop)


def data_files(edition: Edition, layer: str) -> tuple[str, ...]:
    """The data and style that the package of ``layer`` holds; none where the edition has no such layer."""
    if any(entry.name == layer for entry in edition.manifest.vectors):
        wanted = [f"vectors/{layer}.{suffix}" for suffix in ("gpkg", "csv", "qml")]
    elif any(entry.name == layer for entry in edition.manifest.rasters):
        wanted = [f"rasters/{layer}.{suffix}" for suffix in ("tif", "qml")]
    else:
        return ()
    return tuple(path for path in wanted if path in _listed(edition))


def package(edition: Edition, layer: str) -> Package:
    """The package of ``layer``: data, style, codebook, quality report, licences, citation and what to read first.

    Members are stored as they are, so that any range of the whole can be sent without making what is before it; their
    time is that of the edition. All of them are read once, for the checksums of the format.

    Raises
    ------
    NotFoundError
        If the edition has no such layer.
    """
    data = data_files(edition, layer)
    if not data:
        raise NotFoundError(
            f"has no layer {layer!r} to pack.",
            source=f"edition {edition.region}/{edition.id}",
            remedy="The manifest lists its vectors and rasters.",
        )
    folder = f"{edition.region}-{layer}-{edition.id}"
    listed = _listed(edition)
    paths = [*data, *(path for path in DOCUMENTS if path in listed)]
    readme = _readme(edition, layer).encode()
    members: list[tuple[str, bytes | Path]] = [("README.txt", readme)]
    members += [(path.rpartition("/")[2], edition.path(path)) for path in paths]
    tag = hashlib.sha256(f"{folder} {edition.manifest.created.isoformat()}\n".encode() + readme)
    for path in paths:
        tag.update(f"{path} {edition.file(path).sha256}\n".encode())
    skeleton = _Skeleton()
    when = edition.manifest.created.timetuple()[:6]
    with zipfile.ZipFile(skeleton, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            skeleton.add(archive, zipfile.ZipInfo(f"{folder}/{name}", when), content)
    parts = tuple(Part(start, length, content) for start, (length, content) in sorted(skeleton.parts.items()))
    return Package(f"{folder}.zip", f'"{tag.hexdigest()}"', parts[-1].start + parts[-1].length, parts)


class _Skeleton(io.RawIOBase):
    """What `zipfile` writes into: it keeps the headers by their place and the members only as where they are."""

    def __init__(self) -> None:
        self.parts: dict[int, tuple[int, bytes | Path]] = {}
        self._at = 0
        self._inside = False

    def add(self, archive: zipfile.ZipFile, about: zipfile.ZipInfo, content: bytes | Path) -> None:
        """Let ``archive`` write a member."""
        about.create_system, about.external_attr = 3, 0o644 << 16
        about.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
        with archive.open(about, "w") as member:
            start, self._inside = self._at, True
            if isinstance(content, bytes):
                member.write(content)
            else:
                with content.open("rb") as file:
                    shutil.copyfileobj(file, member, CHUNK)
            self._inside = False
            self.parts[start] = (self._at - start, content)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        assert whence == io.SEEK_SET
        self._at = offset
        return offset

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if not self._inside:
            self.parts[self._at] = (len(data), bytes(data))
        self._at += len(data)
        return len(data)


def _listed(edition: Edition) -> set[str]:
    return {file.path for file in edition.manifest.files}


def _readme(edition: Edition, layer: str) -> str:
    manifest = edition.manifest
    titles = {entry.name: entry.title for entry in manifest.vectors} | {
        entry.name: entry.title for entry in manifest.rasters
    }
    paragraphs = (
        f"{titles[layer]}: {manifest.title}",
        f"Edition {edition.id} of region {edition.region}, made {manifest.created:%Y-%m-%d}.",
        manifest.policy.statement,
        manifest.policy.disclaimer,
        f"Licence: {manifest.policy.licence}. The licences of the inputs stand in ATTRIBUTION.md.",
        f"Cite as: {manifest.cite}",
        READING,
    )
    return "\n\n".join(textwrap.fill(text, 100) for text in paragraphs) + "\n"
