"""Files that survive a crash: hashing, fsync, and what a full disk is called."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from hotspots.errors import EditionError, HotspotsError

_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENOTDIR}
# Libraries tell of a full disk in their own words, and some remove what they wrote before they do.
_NEARLY_FULL_BYTES = 64 * 2**20


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes in hex, read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_files(paths: Iterable[Path]) -> list[str]:
    """SHA-256 of each of ``paths``, several at a time (hashing releases the interpreter lock)."""
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        return list(pool.map(sha256_file, paths))


def regular_files(folder: Path) -> list[str]:
    """POSIX paths, relative to ``folder``, of all files in it, sorted.

    Raises
    ------
    EditionError
        If it holds anything that is neither a file nor a folder: a link could lead out of the edition.
    """
    files, others = files_and_others(folder)
    if others:
        raise EditionError(
            "an edition holds regular files only.",
            source=folder / others[0],
            remedy="Write the file itself, not a link to it.",
        )
    return files


def files_and_others(folder: Path) -> tuple[list[str], list[str]]:
    """POSIX paths, relative to ``folder``, of its files and of what is neither file nor folder, each sorted."""
    files, others = [], []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            others.append(relative)
        elif path.is_file():
            files.append(relative)
    return sorted(files), sorted(others)


def sync(path: Path) -> None:
    """Have the disk keep ``path``, a file's bytes or a folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Have the disk keep every file and folder under ``folder``, and itself last."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and have the disk keep it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path) -> None:
    """Make a folder and the ones above it, each kept by the disk; one that exists is fine."""
    if path.is_dir():
        return
    if path.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def link_or_copy(source: str, target: str) -> str:
    """The same file at ``target``: linked where it can be, copied to another file system or one without links."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
    return target


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it; one that is not there is fine."""
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def disk_errors_named(what: str, folder: Path) -> Iterator[None]:
    """Turn a full, read-only, forbidden or failing disk into an EditionError about ``what``."""
    try:
        yield
    except HotspotsError:
        raise
    except Exception as error:
        trouble = _disk_trouble(error, folder)
        if trouble is None:
            raise
        raise EditionError(
            f"{what} stopped: {trouble}. What was current stays current.",
            source=folder,
            remedy="Free space on this disk, or make the folder writable, and run again; finished stages are kept.",
        ) from error


def _disk_trouble(error: Exception, folder: Path) -> str | None:
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return error.strerror
    full = no_space(folder)
    return f"{full}: {error}" if full else None


def no_space(path: Path) -> str | None:
    """What to say where the disk of ``path``, which need not exist, is full or nearly so; None where it is not."""
    there = next(above for above in (path, *path.parents) if above.exists())
    free = shutil.disk_usage(there).free
    if free >= _NEARLY_FULL_BYTES:
        return None
    disk = next(above for above in (there, *there.parents) if above.is_mount())
    return f"No space left on the disk mounted at {disk} ({free / 1e6:.1f} MB)"
