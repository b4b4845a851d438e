"""The levels of a COG, for many threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.windows import Window

from hotspots.errors import CorruptEditionError
from hotspots.grid import AnalysisGrid
from tiles.render import Values


class CogLevels:
    """A raster of an edition and its overviews (see `tiles.render.Levels`).

    A GDAL handle is never used by two threads at once: one is taken out for each read and put back, so there are as
    many as reads ran side by side.
    """

    def __init__(self, path: Path, extensive: bool) -> None:
        self.path = path
        self.extensive = extensive
        try:
            with rasterio.open(path, driver="GTiff") as file:
                overviews = file.overviews(1)
                self.grid = AnalysisGrid.from_transform(CRS.from_wkt(file.crs.to_wkt()), file.transform, file.shape)
        except rasterio.errors.RasterioError as error:
            raise CorruptEditionError(
                f"not a readable GeoTIFF ({error}).", source=path, remedy="Run `hotspots verify` and refresh."
            ) from error
        shapes = [self.grid.shape]
        for _ in overviews:
            shapes.append(((shapes[-1][0] + 1) // 2, (shapes[-1][1] + 1) // 2))
        self.shapes = tuple(shapes)
        self._idle: tuple[deque[rasterio.DatasetReader], ...] = tuple(deque() for _ in shapes)

    def read(self, level: int, rows: slice, cols: slice) -> Values:
        """Part of a level, NaN where not assessed.

        Raises
        ------
        CorruptEditionError
            If the file cannot be read there.
        """
        with self._handle(level) as file:
            try:
                values: Values = file.read(1, window=Window.from_slices(rows, cols)).astype(np.float32)
            except rasterio.errors.RasterioError as error:
                raise CorruptEditionError(
                    f"cannot be read ({error}).", source=self.path, remedy="Run `hotspots verify` and refresh."
                ) from error
        return values

    @contextmanager
    def _handle(self, level: int) -> Iterator[rasterio.DatasetReader]:
        idle = self._idle[level]
        try:
            file = idle.pop()
        except IndexError:
            finer = {"overview_level": level - 1} if level else {}
            file = rasterio.open(self.path, driver="GTiff", **finer)
        try:
            yield file
        finally:
            idle.append(file)
