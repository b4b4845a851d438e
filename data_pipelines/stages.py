"""The stage runner: a stage whose inputs, parameters and code are the same as before is not computed again.

A stage's key is the SHA-256 of its name, its version, its parameters, the keys of the stages it depends on, the
fingerprints of the files it reads, and the versions of the libraries that compute. Results lie under
``$HOTSPOTS_HOME/cache/<key>``, each written whole or not at all, so an interrupted run resumes at the first
stage that had not finished. The cache is private to its owner (it holds pickles) and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from hotspots.editions.durable import disk_errors_named, make_folder, sha256_file
from hotspots.editions.manifest import canonical_json
from hotspots.progress import Progress, Silent

T = TypeVar("T")
_LOG = logging.getLogger(__name__)

LIBRARIES = (
    "geopandas",
    "numba",
    "numpy",
    "pandas",
    "pollution-hotspots",
    "pyflwdir",
    "pyproj",
    "rasterio",
    "scipy",
    "shapely",
    "xarray",
)
"""Whose versions are part of every key: they decide the numbers, or how a result is pickled."""

MAX_CACHE_BYTES = 5 * 2**30
_DIGEST_BYTES = hashlib.sha256().digest_size
_ABANDONED_AFTER_S = 86_400.0


@dataclass(frozen=True, eq=False)
class Stage(Generic[T]):
    """One step of a run.

    Parameters
    ----------
    name:
        What the progress bar says.
    version:
        To be raised whenever ``function`` would compute something else from the same inputs.
    function:
        Takes the results of ``after``, in their order, and returns the stage's own result, which must be picklable.
    parameters:
        Everything else that ``function`` depends on: strings, numbers, mappings, sequences, dataclasses, Paths by
        their name only.
    files:
        The files it reads, known by their bytes.
    after:
        The stages it depends on.
    """

    name: str
    version: int
    function: Callable[..., T]
    parameters: Any = None
    files: tuple[Path, ...] = ()
    after: tuple[Stage[Any], ...] = ()


class StageRunner:
    """Runs stages, each once, from the cache where it can.

    Parameters
    ----------
    cache:
        The folder of results (``Store.layout.cache``).
    progress:
        Who is told.
    max_bytes:
        What the cache may hold; the results used least recently go first.
    """

    def __init__(self, cache: Path, progress: Progress | None = None, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._cache = cache
        self._progress = progress or Silent()
        self._max_bytes = max_bytes
        self._keys: dict[Stage[Any], str] = {}
        self._results: dict[str, Any] = {}
        self._libraries = {name: version(name) for name in LIBRARIES}
        make_folder(cache)

    def run(self, stage: Stage[T]) -> T:
        """The result of ``stage``: held, cached, or computed after the stages it depends on.

        An exception of the stage's function (KeyboardInterrupt included) passes through; what was finished is kept.

        Raises
        ------
        EditionError
            If the disk is full.
        """
        key = self.key(stage)
        if key not in self._results:
            self._results[key] = self._cached_or_computed(stage, key)
        result: T = self._results[key]
        return result

    def key(self, stage: Stage[Any]) -> str:
        """The cache key of ``stage``, in hex."""
        if stage not in self._keys:
            parts = {
                "name": stage.name,
                "version": stage.version,
                "parameters": plain(stage.parameters),
                "files": [sha256_file(path) for path in stage.files],
                "after": [self.key(before) for before in stage.after],
                "libraries": self._libraries,
            }
            self._keys[stage] = hashlib.sha256(canonical_json(parts)).hexdigest()
        return self._keys[stage]

    def _cached_or_computed(self, stage: Stage[T], key: str) -> T:
        path = self._cache / key
        try:
            result: T = _load(path)
        except FileNotFoundError:
            return self._computed(stage, path)
        except _UnusableError as error:
            _LOG.warning("%s: its cached result %s; it is computed again.", stage.name, error)
            return self._computed(stage, path)
        self._progress.start(stage.name, 1)
        self._progress.finish(stage.name, "cached")
        return result

    def _computed(self, stage: Stage[T], path: Path) -> T:
        before = [self.run(stage) for stage in stage.after]
        self._progress.start(stage.name, 1)
        result = stage.function(*before)
        with disk_errors_named("keeping a finished stage", self._cache):
            _save(path, result)
            self._evict(keep=path)
        self._progress.advance(stage.name)
        self._progress.finish(stage.name, "computed")
        return result

    def _evict(self, keep: Path) -> None:
        used = []
        for path in self._cache.iterdir():
            with suppress(FileNotFoundError):
                state = path.stat()
                if not path.name.startswith("."):
                    used.append((state.st_mtime_ns, state.st_size, path))
                elif state.st_mtime < time.time() - _ABANDONED_AFTER_S:
                    path.unlink()
        total = sum(size for _, size, _ in used)
        for _, size, path in sorted(used):
            if total > self._max_bytes and path != keep:
                total -= size
                path.unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it, different for different parameters.

    Raises
    ------
    TypeError
        If it holds something whose identity cannot be told from its value.
    """
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {"": type(value).__qualname__} | {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return value.name
    raise TypeError(f"a {type(value).__name__} cannot be part of a stage's key; name its parts or give a file")


class _UnusableError(Exception):
    """A cached result that cannot be used."""


class _HashingWriter:
    """Passes bytes on to a file and hashes them, so that no result is held twice."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)


def _save(path: Path, result: Any) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(bytes(_DIGEST_BYTES))
            writer = _HashingWriter(file)
            pickle.dump(result, writer, protocol=5)
            file.seek(0)
            file.write(writer.hash.digest())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _load(path: Path) -> Any:
    with path.open("rb") as file:
        digest = file.read(_DIGEST_BYTES)
        if hashlib.file_digest(file, "sha256").digest() != digest:
            raise _UnusableError("is damaged")
        file.seek(_DIGEST_BYTES)
        try:
            result = pickle.load(file)
        except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError) as error:
            raise _UnusableError(f"cannot be read ({error})") from error
    # The time of its last use, which eviction goes by.
    os.utime(path)
    return result
