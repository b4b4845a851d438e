"""Whether a refresh would make the edition that is current already, told by what it would be made of.

The key is of everything that decides an edition's content: the inputs' bytes, the configuration, the policy in force,
the versions of the libraries, and the code itself. The edition that was made of it is noted in the cache of stages,
where it may be deleted at any time; then everything is computed, and the store finds that nothing changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from data_pipelines.inputs import input_files
from data_pipelines.policy import Permit
from data_pipelines.stages import Stage, StageRunner, plain
from hotspots.editions import Edition, Store

VERSION = 1
PACKAGES = ("config", "data_pipelines", "hotspots", "tiles")
"""Whose code and files make editions."""
ROOT = Path(__file__).resolve().parents[1]


class Made:
    """What a refresh of the region would be made of, and the edition that was."""

    def __init__(self, may: Permit, store: Store, read: Stage[Any]) -> None:
        config = may.config
        said = (plain(config.region), plain(config.method), repr(config.policy), repr(may.rules.consents))
        in_full = () if may.in_full is None else tuple(file.path for file in input_files(may.in_full))
        whole = Stage(
            "edition", VERSION, lambda: None, parameters=(*said, _code_sha256()), files=in_full, after=(read,)
        )
        self._note = store.layout.cache / StageRunner(store.layout.cache).key(whole)
        self._store = store
        self._region = config.region.id

    def kept(self, job: str | None) -> Edition | None:
        """The current edition, if it was made of the same and is whole: it is up to date, and ``job`` has succeeded."""
        if not self._note.is_file():
            return None
        unchanged = self._store.keep(self._region, self._note.read_text(encoding="ascii"), job=job)
        return None if unchanged is None else unchanged.edition

    def note(self, edition: Edition) -> None:
        """The edition that is made of it."""
        self._note.write_text(edition.id, encoding="ascii")


@cache
def _code_sha256() -> str:
    """SHA-256 over the files of PACKAGES, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(found for name in PACKAGES for found in (ROOT / name).rglob("*") if found.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
