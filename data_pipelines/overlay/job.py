"""What one overlay is made of: everything that its tasks are told, and the files through which they pass fields on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.windows import Window

from data_pipelines.outputs.cog_file import CogScratch
from data_pipelines.outputs.cog_tiles import BLOCK, Plane
from hotspots.dispersion.land import Sites
from hotspots.dispersion.shared import GriddedSources, SharedKernels
from hotspots.grid import AnalysisGrid
from hotspots.method import HotspotMethod, LandMethod, ScoringMethod
from hotspots.zonal import Outlines

GDAL_CACHE_BYTES = 32 << 20
"""A band's blocks are read once: what GDAL keeps of them is of no use."""


@dataclass(frozen=True)
class ScratchPlane:
    """A float32 raster (rows, cols) in a plain file, written and read by bands of rows."""

    path: Path
    cols: int

    def write(self, first_row: int, values: Plane) -> None:
        """Write whole rows from ``first_row`` on."""
        # Opened without truncation: bands come in any order.
        with self.path.open("r+b", buffering=0) as file:
            file.seek(4 * self.cols * first_row)
            file.write(np.ascontiguousarray(values).data)

    def read(self, rows: slice) -> Plane:
        """Whole rows, (rows, cols)."""
        values = np.empty((rows.stop - rows.start, self.cols), dtype=np.float32)
        with self.path.open("rb", buffering=0) as file:
            file.seek(4 * self.cols * rows.start)
            file.readinto(values.data)
        return values


@dataclass(frozen=True)
class Job:
    """One overlay of air and land over people, on the grid of the population raster.

    Attributes
    ----------
    population:
        Path of the raster of people per cell; NaN = no data.
    air_weight:
        What 1 µg/m³ adds to the air pressure.
    floors:
        De minimis of air and land.
    folder:
        For scratch files.
    """

    grid: AnalysisGrid
    population: Path
    sources: GriddedSources
    kernels: SharedKernels
    air_weight: float
    sites: Sites
    land: LandMethod
    outlines: Outlines
    floors: tuple[float, float]
    scoring: ScoringMethod
    hotspots: HotspotMethod
    folder: Path

    @property
    def bands(self) -> range:
        """The numbers of the bands of 512 rows: the blocks that all passes work on."""
        return range(-(-self.grid.rows // BLOCK))

    def rows(self, band: int, halo: int = 0) -> slice:
        """Rows of a band, grown by ``halo`` where the grid goes on."""
        return slice(max(band * BLOCK - halo, 0), min((band + 1) * BLOCK + halo, self.grid.rows))

    def plane(self, name: str) -> ScratchPlane:
        """A field that a pass leaves to a later one: ``people``, ``air`` or ``burden``."""
        return ScratchPlane(self.folder / f"{name}.f32", self.grid.cols)

    def raster(self, name: str) -> CogScratch:
        """One of RASTERS on its way to a file."""
        return CogScratch(self.folder / name, self.grid.shape, extensive=False)

    def read_people(self, rows: slice) -> Plane:
        """People of some rows, (rows, cols)."""
        window = Window(0, rows.start, self.grid.cols, rows.stop - rows.start)
        with rasterio.Env(GDAL_CACHEMAX=GDAL_CACHE_BYTES), rasterio.open(self.population) as source:
            return np.asarray(source.read(1, window=window, out_dtype="float32"))

    def prepare(self) -> None:
        """Make the scratch files."""
        for name in PLANES:
            with self.plane(name).path.open("wb") as file:
                file.truncate(4 * self.grid.rows * self.grid.cols)
        for name in RASTERS:
            (self.folder / name).mkdir()


PLANES = ("people", "air", "burden")
RASTERS = ("air_pressure", "burden", "gi_z")

Cells = npt.NDArray[np.void]
CELL = np.dtype([("index", "i4"), ("z", "f4"), ("people", "f4"), ("burden", "f4"), ("high", "?")])
"""A cell of a band that may be labelled: position in the band, Gi* z, people, burden, high priority."""
