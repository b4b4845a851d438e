"""A raster brought to the analysis grid: amounts by area-weighted sum, levels by area-weighted mean."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.warp import Resampling, reproject

from data_pipelines.rasters import Band
from hotspots.grid import AnalysisGrid

Extent = Literal["extensive", "intensive"]
METHODS = {"extensive": Resampling.sum, "intensive": Resampling.average}
TURNS_DEG = (0.0, 360.0, -360.0)


def on_grid(band: Band, grid: AnalysisGrid, extent: Extent) -> npt.NDArray[np.float64]:
    """The values (rows, cols) of ``band`` on ``grid``; NaN where the band has no data.

    Parameters
    ----------
    extent:
        ``extensive`` for amounts (people): a cell gets from each cell of the band the part of its amount that lies
        inside, so that the sum is kept. ``intensive`` for levels (µg/m³, shares): the mean over the known part of
        the cell.
    """
    # A ring without data: what of a cell lies beyond the band's edge must not count as its outermost value.
    known = np.pad(band.values, 1, constant_values=np.nan)
    corner = band.grid.transform @ Affine.translation(-1, -1)
    values = np.full(grid.shape, np.nan)
    for turn in TURNS_DEG if grid.crs.is_geographic and band.grid.crs.is_geographic else TURNS_DEG[:1]:
        part = np.full(grid.shape, np.nan)
        reproject(
            known,
            part,
            src_transform=Affine.translation(turn, 0) @ corner,
            src_crs=band.grid.crs_wkt,
            src_nodata=np.nan,
            dst_transform=grid.transform,
            dst_crs=grid.crs_wkt,
            dst_nodata=np.nan,
            resampling=METHODS[extent],
            # 0: positions are transformed exactly, not interpolated between some.
            tolerance=0.0,
        )
        values = np.where(np.isnan(values), part, values)
    return values
