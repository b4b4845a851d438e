"""The change of a hotspot's exposure, split exactly: by its outline, by people, by what they meet."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.exposure import coverage
from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]
CellArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """Exposure before and after, and the three parts that sum to the change; person · unit of the pressure.

    ``common_share`` is the part of the cells of either outline that lie in both.
    """

    before: float
    after: float
    outline: float
    people: float
    pressure: float
    common_share: float


def cells_of(hotspots: gpd.GeoDataFrame, grid: AnalysisGrid) -> list[CellArray]:
    """The cells of each hotspot, as positions in the flattened grid: outlines follow the sides of cells."""
    found = coverage(grid, hotspots)
    whole = found.fraction > 0.5
    cell, zone = (found.row * grid.cols + found.col)[whole], found.zone[whole]
    order = np.lexsort((cell, zone))
    return np.split(cell[order], np.searchsorted(zone[order], np.arange(1, len(hotspots))))


def split(
    before: CellArray, after: CellArray, people: tuple[FloatArray, FloatArray], met: tuple[FloatArray, FloatArray]
) -> Parts:
    """Split Σ after people · met - Σ before people · met.

    On the cells of both outlines Δ(p·x) = x̄ Δp + p̄ Δx with the means of the two editions, which is exact; cells of
    one outline alone, or assessed in one edition alone, are the outline's part.

    Parameters
    ----------
    before, after:
        Cells of the hotspot in either edition, positions in the flattened rasters.
    people, met:
        Flattened rasters of the earlier and the later edition, NaN = not assessed.
    """
    exposed = [p * x for p, x in zip(people, met, strict=True)]
    total = [float(np.nansum(values[cells])) for values, cells in zip(exposed, (before, after), strict=True)]
    shared = np.intersect1d(before, after)
    both = shared[~np.isnan(exposed[0][shared]) & ~np.isnan(exposed[1][shared])]
    (p0, p1), (x0, x1) = ([values[both] for values in pair] for pair in (people, met))
    by_people = float(((x0 + x1) / 2 * (p1 - p0)).sum())
    by_pressure = float(((p0 + p1) / 2 * (x1 - x0)).sum())
    common = float(exposed[1][both].sum() - exposed[0][both].sum())
    either = np.union1d(before, after).size
    share = shared.size / either if either else 0.0
    return Parts(total[0], total[1], total[1] - total[0] - common, by_people, by_pressure, share)
