"""PMTiles of every raster that maps show, in the classes of its legend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_pipelines.outputs.cog_tiles import BLOCK, Plane, halved
from data_pipelines.outputs.notice import notice
from hotspots.fields import raster_group
from hotspots.grid import AnalysisGrid
from hotspots.policy import Publishable
from tiles.raster import build_raster
from tiles.render import Look


@dataclass(frozen=True)
class Pyramid:
    """A raster in memory with the overviews that its COG has."""

    grid: AnalysisGrid
    extensive: bool
    planes: tuple[Plane, ...]

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(rows, cols) of each level."""
        return tuple((plane.shape[0], plane.shape[1]) for plane in self.planes)

    def read(self, level: int, rows: slice, cols: slice) -> Plane:
        """Part of a level, NaN where not assessed."""
        return self.planes[level][rows, cols]


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``tiles/<raster>.pmtiles`` of every raster that has a group on the map and an assessed cell."""
    for name, layer in publishable.raster_layers.items():
        values = publishable.rasters[name].to_numpy().astype(np.float32)
        if raster_group(name) is None or np.isnan(values).all():
            continue
        path = folder / "tiles" / f"{name}.pmtiles"
        said = notice(publishable, layer.title, layer.meaning)
        levels = pyramid(publishable.grid, values, layer.extent == "extensive")
        build_raster(levels, Look(layer.classes), path, said["title"], said["description"], said["attribution"])
        yield path


def pyramid(grid: AnalysisGrid, values: Plane, extensive: bool) -> Pyramid:
    """``values`` and their overviews, each half the size, until one block holds it."""
    planes = [values]
    while max(planes[-1].shape) > BLOCK:
        planes.append(halved(planes[-1], extensive))
    return Pyramid(grid, extensive, tuple(planes))
