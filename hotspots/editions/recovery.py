"""What is done about a publisher that was killed. Idempotent, and never completes a publish by itself."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from hotspots.editions.catalogue import Catalogue
from hotspots.editions.database import Database
from hotspots.editions.durable import make_folder, remove_tree, sync
from hotspots.editions.edition import compare_files
from hotspots.editions.jobs import JobEnd, Jobs
from hotspots.editions.layout import Layout
from hotspots.editions.manifest import MANIFEST, Manifest, decode
from hotspots.editions.publish import record_of
from hotspots.errors import BusyError, CorruptEditionError, EditionError

STAGING_LOCK = "lock"
INTERRUPTED = "interrupted: the process ended before it was finished"


def sweep_staging(layout: Layout, database: Database) -> None:
    """Remove the staging folders whose owner is gone: those whose lock nobody holds."""
    with database.lock(layout.lock("staging"), wait=True):
        for folder in sorted(layout.staging.iterdir()):
            try:
                with database.lock(folder / STAGING_LOCK):
                    remove_tree(folder)
            except BusyError:
                continue


def recover_region(layout: Layout, catalogue: Catalogue, jobs: Jobs, region: str) -> None:
    """Settle the folders and jobs of ``region``. The caller holds the region's lock, so nobody is at work on it.

    A folder that was renamed but not registered is whole (every byte was on disk before the rename), so it is
    registered without becoming current: its work is not lost, an interrupted publish is still not completed, and a
    catalogue restored from an old backup finds its editions again. A folder that does not verify is set aside.
    """
    known = {record.id for record in catalogue.editions(region)}
    home = layout.editions / region
    for folder in sorted(home.iterdir()) if home.is_dir() else ():
        if folder.name not in known:
            _settle(layout, catalogue, region, folder)
    for job in jobs.all("running"):
        if job.region == region:
            jobs.finish(JobEnd(job.id, "failed", INTERRUPTED))


def _settle(layout: Layout, catalogue: Catalogue, region: str, folder: Path) -> None:
    try:
        data, manifest = _verified(region, folder)
    except EditionError as error:
        make_folder(layout.damaged)
        aside = layout.damaged / f"{region}-{folder.name}-{uuid.uuid4().hex}"
        os.rename(folder, aside)  # noqa: PTH104
        sync(layout.damaged)
        catalogue.record("set_aside", region, folder.name, f"to {aside.name}: {error}")
    else:
        catalogue.add_edition(record_of(manifest, data), "adopt", "was renamed but not registered")


def _verified(region: str, folder: Path) -> tuple[bytes, Manifest]:
    path = folder / MANIFEST
    if not path.is_file():
        raise CorruptEditionError("has no manifest.", source=folder)
    data = path.read_bytes()
    manifest = decode(data, str(path))
    if (manifest.region, manifest.edition) != (region, folder.name):
        raise CorruptEditionError(f"is the manifest of {manifest.region}/{manifest.edition}.", source=path)
    if problems := compare_files(folder, manifest):
        raise CorruptEditionError(f"{problems[0].path} is {problems[0].kind}.", source=folder)
    return data, manifest
