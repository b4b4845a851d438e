"""Write all files of an edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from data_pipelines.outputs import (
    citation,
    codebook,
    cog,
    contributions,
    coverage,
    disclosure,
    evaluation,
    feature_store,
    geojson,
    geopackage,
    geoparquet,
    ground,
    pictures,
    qgis,
    quality,
    raster_tiles,
    sensitivity,
    spreadsheet,
    standards,
    vector_tiles,
    water,
)
from hotspots.blocks import run, threads
from hotspots.policy import Publishable
from hotspots.progress import Progress

Writer = Callable[[Publishable, Path], Iterator[Path]]

WRITERS: tuple[Writer, ...] = (
    vector_tiles.write,
    raster_tiles.write,
    cog.write,
    pictures.write,
    ground.write,
    geopackage.write,
    spreadsheet.write,
    geojson.write,
    feature_store.write,
    geoparquet.write,
    qgis.write,
    quality.write,
    sensitivity.write,
    contributions.write,
    evaluation.write,
    standards.write,
    water.write,
    coverage.write,
    disclosure.write,
    codebook.write,
    citation.write,
)
"""Every writer takes a Publishable and the edition's folder, and yields each file it has finished.

They run side by side, those that take longest first; no two write the same file.
"""

STAGE = "write"
WORKERS = 2


def write_all(publishable: Publishable, folder: Path, progress: Progress) -> tuple[Path, ...]:
    """Run every writer into ``folder``; the paths written, relative to it, sorted.

    Equal publishables give equal bytes.
    """
    progress.start(STAGE, len(WRITERS))
    paths: list[Path] = []
    with threads(WORKERS) as executor:
        for files in run(executor, _written, (publishable, folder), WRITERS, lambda: progress.advance(STAGE)):
            paths += files
    progress.finish(STAGE, f"{len(paths)} files")
    return tuple(sorted(paths))


def _written(context: tuple[Publishable, Path], writer: Writer) -> list[Path]:
    publishable, folder = context
    return [path.relative_to(folder) for path in writer(publishable, folder)]
