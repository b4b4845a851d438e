"""Unpacking what strangers packed: nothing outside the folder, no links, nothing larger than it may be."""

from __future__ import annotations

import fnmatch
import gzip
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from hotspots.errors import InputError

_CHUNK = 2**20
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class UnpackLimits:
    """At most ``most_bytes`` come out, and beyond ``small_bytes`` at most ``most_ratio`` times what went in."""

    most_bytes: int = 50 * 2**30
    small_bytes: int = 64 * 2**20
    most_ratio: int = 200


DEFAULT = UnpackLimits()


def unpack_zip(archive: Path, member: str, folder: Path, limits: UnpackLimits = DEFAULT) -> Path:
    """Unpack the one file that ``member`` (may hold ``*``) fits, with those of the same stem, into ``folder``.

    Returns
    -------
    Path
        The file, flat in ``folder``.

    Raises
    ------
    InputError
        If the archive is damaged, holds a path that leads outside or a link, no or several files fit, or it grows
        beyond ``limits``.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [_harmless(info, archive) for info in opened.infolist()]
            chosen = _chosen([info for info in infos if not info.is_dir()], member, archive)
            room = _Room(archive, limits)
            for info in _same_stem(infos, chosen):
                with opened.open(info) as source:
                    _write(source, folder / PurePosixPath(info.filename).name, room)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise InputError(f"the archive is damaged: {error}.", source=archive, remedy="Download it again.") from error
    return folder / PurePosixPath(chosen.filename).name


def unpack_gzip(archive: Path, folder: Path, limits: UnpackLimits = DEFAULT) -> Path:
    """Unpack a file compressed by gzip into ``folder``, under its name without ``.gz``; errors as `unpack_zip`."""
    target = folder / archive.name.removesuffix(".gz")
    try:
        with gzip.open(archive) as source:
            _write(source, target, _Room(archive, limits))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputError(f"the archive is damaged: {error}.", source=archive, remedy="Download it again.") from error
    return target


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Room:
    """How much may still come out of an archive; counted as it comes, for what it says of itself may be false."""

    def __init__(self, archive: Path, limits: UnpackLimits) -> None:
        self._archive = archive
        ratio = max(limits.small_bytes, limits.most_ratio * archive.stat().st_size)
        self._most = min(limits.most_bytes, ratio, shutil.disk_usage(archive.parent).free)
        self._out = 0

    def take(self, amount: int) -> None:
        self._out += amount
        if self._out > self._most:
            raise InputError(
                f"it grows beyond {self._most:,} bytes when unpacked.",
                source=self._archive,
                remedy="Unpack it by hand if it can be trusted and there is room, and name the file with path.",
            )


def _write(source: _Source, target: Path, room: _Room) -> None:
    with target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            room.take(len(chunk))
            out.write(chunk)


def _harmless(info: zipfile.ZipInfo, archive: Path) -> zipfile.ZipInfo:
    mode = info.external_attr >> 16
    # What zipfile makes of a name (it cuts at a NUL, and turns the separators of the machine) is not what it says.
    name = info.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise InputError(
            f"holds a file that would lie outside: {name!r}.", source=archive, remedy="Ask the publisher what this is."
        )
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise InputError(
            f"holds a link or a device: {name!r}.", source=archive, remedy="Ask the publisher what this is."
        )
    if info.flag_bits & _ENCRYPTED:
        raise InputError(
            f"is locked with a password: {name!r}.", source=archive, remedy="Unpack it, and name the file with path."
        )
    return info


def _chosen(infos: list[zipfile.ZipInfo], member: str, archive: Path) -> zipfile.ZipInfo:
    fitting = [info for info in infos if fnmatch.fnmatchcase(info.filename, member)]
    if len(fitting) != 1:
        names = ", ".join(sorted(info.filename for info in infos)[:10])
        raise InputError(
            f"{len(fitting)} of its files fit {member!r}; it holds: {names}.",
            source=archive,
            remedy="The publisher changed the archive: correct member in the catalogue, or name the file with path.",
        )
    return fitting[0]


def _same_stem(infos: list[zipfile.ZipInfo], chosen: zipfile.ZipInfo) -> list[zipfile.ZipInfo]:
    """The chosen file and those that belong to it, as the parts of a shapefile do."""
    path = PurePosixPath(chosen.filename)
    found = {}
    for info in infos:
        other = PurePosixPath(info.filename)
        if not info.is_dir() and other.parent == path.parent and other.name.startswith(f"{path.stem}."):
            found[other.name] = info
    return list(found.values())
