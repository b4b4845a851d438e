"""People per cell from a GeoTIFF, in any CRS: the raster that defines the analysis grid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field
from rasterio.features import rasterize

from config.reading import Settings
from data_pipelines.contract import Population, Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import Band, read_geotiff, without_gap
from data_pipelines.registry import adapter
from hotspots.errors import InputError


class Options(Settings):
    """Options of population_raster.

    ``within_units`` takes cells with their centre outside all units as no data, where the raster reaches beyond the
    region.
    """

    band: int = Field(default=1, ge=1)
    within_units: bool = False


SPEC = SourceSpec("population_raster", "population", Options, needs=("units",))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Population]:
    """People (rows, cols) as float64, exactly as in the file; NaN where it has no data. One band counts as one row.

    Of a raster around the whole globe, the longitudes that hold data are taken, across the antimeridian if need be.

    Raises
    ------
    InputError
        If the file cannot be used, a value is negative or infinite, nobody lives anywhere, or the dataset has no year.
    """
    path = request.path
    options = request.options_as(Options)
    band = read_geotiff(path, options.band)
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
    if options.within_units:
        band = Band(band.grid, np.where(_inside(request, band), band.values, np.nan))
        if not np.nansum(band.values) > 0:
            raise InputError("nobody lives inside the units.", source=path, remedy="Check that raster and units fit.")
    band = without_gap(band)
    population = Population(band.grid, band.values, request.year())
    return Read(population, (Ledger(request.ref.id, path, rows_in=1).close(),))


def _inside(request: ReadRequest, band: Band) -> npt.NDArray[np.bool_]:
    """Cells (rows, cols) with their centre inside a unit."""
    if request.units is None:
        raise TypeError("population_raster needs units")
    shapes = request.units.geometry.to_crs(band.grid.crs)
    if band.grid.crs.is_geographic:
        # The raster may pass 180 degrees on either side; the units do not.
        shapes = pd.concat([shapes.translate(turn) for turn in (-360.0, 0.0, 360.0)])
    inside = rasterize(shapes, band.grid.shape, transform=band.grid.transform, dtype="uint8")
    return np.asarray(inside, dtype=np.bool_)
