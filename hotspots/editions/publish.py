"""From a folder of written files to a folder named by its edition id, in one rename.

Nothing here is visible to a reader: that takes the catalogue's pointer, which moves afterwards.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from hotspots.editions.catalogue import EditionRecord
from hotspots.editions.draft import EditionDraft
from hotspots.editions.durable import make_folder, regular_files, sha256_files, sync, sync_tree, write_synced
from hotspots.editions.manifest import MANIFEST, EditionFile, Manifest, content_sha256, describe_file, encode
from hotspots.errors import EditionError


@dataclass(frozen=True)
class Prepared:
    """An edition whose files are hashed and whose id is known, still in its staging folder."""

    folder: Path
    manifest: Manifest


def prepare(folder: Path, draft: EditionDraft) -> Prepared:
    """Hash what was written to ``folder`` and name the edition: its date and the start of its content's hash.

    Raises
    ------
    EditionError
        If the folder is empty, holds a manifest of its own or anything but regular files.
    """
    paths = regular_files(folder)
    if not paths or MANIFEST in paths:
        raise EditionError(
            f"holds {'a manifest already' if paths else 'no files'}; nothing can be published from it.",
            source=folder,
            remedy="Write the edition's files, without a manifest, to a new staging folder.",
        )
    files = _describe(folder, paths, draft)
    sha256 = content_sha256(draft.content, files)
    created = draft.created.astimezone(UTC)
    edition = f"{created:%Y-%m-%d}-{sha256[:12]}"
    policy = draft.content.policy
    manifest = Manifest(
        **dict(draft.content),
        edition=edition,
        content_sha256=sha256,
        created=created,
        software_version=draft.software_version,
        cite=f"{policy.publisher} ({created:%Y}): Pollution hotspots of {draft.content.title}, edition {edition}. "
        f"Computed with pollution-hotspots {draft.software_version}. {policy.licence}.",
        files=files,
        freshness=draft.freshness,
    )
    return Prepared(folder, manifest)


def _describe(folder: Path, paths: list[str], draft: EditionDraft) -> tuple[EditionFile, ...]:
    titles = {raster.name: raster.title for raster in draft.content.rasters}
    titles |= {vector.name: vector.title for vector in draft.content.vectors}
    hashes = sha256_files(folder / path for path in paths)
    return tuple(
        describe_file(path, sha256, (folder / path).stat().st_size, titles)
        for path, sha256 in zip(paths, hashes, strict=True)
    )


def install(prepared: Prepared, target: Path) -> EditionRecord:
    """Write the manifest, have the disk keep every byte, and rename the folder to ``target``, once.

    Returns the record the catalogue shall have of it.
    """
    data = encode(prepared.manifest)
    write_synced(prepared.folder / MANIFEST, data)
    sync_tree(prepared.folder)
    make_folder(target.parent)
    os.rename(prepared.folder, target)  # noqa: PTH104  # the one switch, named as the system call it is
    sync(target.parent)
    return record_of(prepared.manifest, data)


def record_of(manifest: Manifest, data: bytes) -> EditionRecord:
    """The catalogue's record of an edition with this ``manifest``, whose bytes are ``data``."""
    return EditionRecord(
        region=manifest.region,
        id=manifest.edition,
        published_at=manifest.created.isoformat(timespec="seconds"),
        content_sha256=manifest.content_sha256,
        manifest_sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=manifest.size_bytes + len(data),
    )
