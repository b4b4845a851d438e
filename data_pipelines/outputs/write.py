"""Write all files of an edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from data_pipelines.outputs import (
    citation,
    codebook,
    cog,
    contributions,
    geojson,
    geopackage,
    geoparquet,
    pictures,
    qgis,
    quality,
    snapshot,
    spreadsheet,
    vector_tiles,
)
from hotspots.policy import Publishable
from hotspots.progress import Progress

Writer = Callable[[Publishable, Path], Iterator[Path]]

WRITERS: tuple[Writer, ...] = (
    geojson.write,
    geopackage.write,
    geoparquet.write,
    spreadsheet.write,
    qgis.write,
    cog.write,
    pictures.write,
    vector_tiles.write,
    quality.write,
    contributions.write,
    codebook.write,
    citation.write,
    snapshot.write,
)
"""Every writer takes a Publishable and the edition's folder, and yields each file it has finished."""

STAGE = "write"


def write_all(publishable: Publishable, folder: Path, progress: Progress) -> tuple[Path, ...]:
    """Run every writer into ``folder``; the paths written, relative to it, sorted.

    Equal publishables give equal bytes.
    """
    progress.start(STAGE, len(WRITERS))
    paths = []
    for writer in WRITERS:
        paths += [path.relative_to(folder) for path in writer(publishable, folder)]
        progress.advance(STAGE)
    progress.finish(STAGE, f"{len(paths)} files")
    return tuple(sorted(paths))
