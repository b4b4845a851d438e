"""What stays of an edition that was retired: the files that told of confidential counts.

Whoever downloaded it has its figures still, so later editions are audited against them.
"""

from __future__ import annotations

import uuid

from hotspots.editions.durable import link_or_copy, make_folder, remove_tree, sync, sync_tree
from hotspots.editions.edition import Edition
from hotspots.editions.layout import Layout, is_edition_id
from hotspots.editions.manifest import MANIFEST, Manifest, decode
from hotspots.policy.disclosure import COUNT_BLOCKS, DISCLOSURE_AUDIT

UNITS = "vectors/admin.parquet"
PEOPLE = "rasters/people.tif"


def told_files(manifest: Manifest) -> frozenset[str]:
    """The files of an edition that tell how many people live where."""
    listed = {file.path for file in manifest.files}
    pressures = {path.replace("_exposure.tif", "_pressure.tif") for path in listed if path.endswith("_exposure.tif")}
    # Without people, exposure divided by pressure are the people.
    shown = {PEOPLE} if PEOPLE in listed else {path for path in listed if path.endswith("_exposure.tif")} | pressures
    return frozenset(listed & (shown | {COUNT_BLOCKS, DISCLOSURE_AUDIT, UNITS}))


class Remains:
    """What is left of the retired editions of one store."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def keep(self, region: str, edition: str) -> None:
        """Keep what told of confidential counts in an edition whose folder is there; nothing of one without any.

        The files are linked, or copied where that cannot be, and are there as a whole or not at all.
        """
        source, target = self._layout.edition(region, edition), self._layout.remains(region, edition)
        if target.exists() or not (source / MANIFEST).is_file():
            return
        manifest = decode((source / MANIFEST).read_bytes(), str(source / MANIFEST))
        files = told_files(manifest)
        if DISCLOSURE_AUDIT not in files:
            return
        own = target.with_name(f".{uuid.uuid4().hex}")
        try:
            for path in (MANIFEST, *sorted(files)):
                make_folder((own / path).parent)
                link_or_copy(str(source / path), str(own / path))
            sync_tree(own)
            own.rename(target)
            sync(target.parent)
        finally:
            remove_tree(own)

    def editions(self, region: str) -> tuple[Edition, ...]:
        """What is left of each, oldest first: its manifest lists more files than there are."""
        home = self._layout.remains(region)
        found = sorted(home.iterdir()) if home.is_dir() else []
        manifests = [(item, (item / MANIFEST)) for item in found if is_edition_id(item.name)]
        return tuple(Edition(region, item.name, item, decode(path.read_bytes(), str(path))) for item, path in manifests)
