"""People per cell from a GeoTIFF, in any CRS: the raster that defines the analysis grid."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from config.reading import Settings
from data_pipelines.contract import Population, Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import read_geotiff
from data_pipelines.registry import adapter
from hotspots.errors import InputError


class Options(Settings):
    """Options of population_raster."""

    band: int = Field(default=1, ge=1)


SPEC = SourceSpec("population_raster", "population", Options)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Population]:
    """People (rows, cols) as float64, exactly as in the file; NaN where it has no data. One band counts as one row.

    Raises
    ------
    InputError
        If the file cannot be used, a value is negative or infinite, nobody lives anywhere, or the dataset has no year.
    """
    path = request.path
    band = read_geotiff(path, request.options_as(Options).band)
    negative = int((band.values < 0).sum())
    if negative:
        raise InputError(
            f"{negative} cells hold a negative number of people (lowest {np.nanmin(band.values):g}).",
            source=path,
            remedy="If this value means no data, declare it, e.g. gdal_edit.py -a_nodata VALUE.",
        )
    if np.isinf(band.values).any():
        raise InputError("some cells hold an infinite number.", source=path, remedy="Correct the raster.")
    if not np.nansum(band.values) > 0:
        raise InputError("nobody lives in any cell.", source=path, remedy="Check the dataset's option band.")
    population = Population(band.grid, band.values, request.year())
    return Read(population, (Ledger(request.ref.id, path, rows_in=1).close(),))
