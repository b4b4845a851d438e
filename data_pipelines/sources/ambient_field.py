"""Annual mean concentrations in air from all sources together: a satellite product or an analysis, on its own grid."""

from __future__ import annotations

import numpy as np
from pydantic import Field, field_validator

from config.reading import Settings, did_you_mean
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import is_netcdf, read_field
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from data_pipelines.resample import on_grid
from hotspots.errors import InputError
from hotspots.inputs import AmbientField

TARGET = "µg/m³"


class Options(Settings):
    """Options of ambient_field.

    ``unit`` is that of the values, e.g. ``µg/m³``. A GeoTIFF is read by its ``band``, a NetCDF file by its
    ``variable``, which must be one field: the mean of one year.
    """

    pollutant: str = Field(min_length=1)
    unit: str
    band: int = Field(default=1, ge=1)
    variable: str | None = None

    @field_validator("unit")
    @classmethod
    def _is_a_concentration(cls, unit: str) -> str:
        convert(1.0, unit, TARGET)
        return unit


SPEC = SourceSpec("ambient_field", "ambient", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[AmbientField]:
    """The field on the analysis grid, by area-weighted mean. One field counts as one row.

    Raises
    ------
    InputError
        If the file cannot be used, the pollutant is unknown, a value is negative or infinite, the field does not
        reach the region, or the dataset has no year.
    """
    options = request.options_as(Options)
    path = request.path
    if options.pollutant not in request.reference.pollutants:
        raise InputError(
            f"unknown pollutant {options.pollutant!r}.",
            source=path,
            field="options.pollutant",
            remedy=did_you_mean(options.pollutant, list(request.reference.pollutants), "pollutants"),
        )
    band = _band(request, options)
    if (band.values < 0).any() or np.isinf(band.values).any():
        raise InputError(
            f"the values reach from {np.nanmin(band.values):g} to {np.nanmax(band.values):g}: no concentration.",
            source=path,
            remedy="If this value means no data, declare it, e.g. gdal_edit.py -a_nodata VALUE.",
        )
    if request.grid is None:
        raise TypeError("ambient_field needs the grid")
    values = on_grid(band, request.grid, "intensive") * convert(1.0, options.unit, TARGET)
    if np.isnan(values).all():
        raise InputError("the field has no value in the region.", source=path, remedy="Download the region's part.")
    field = AmbientField(options.pollutant, values, request.year(), request.ref.title)
    return Read(field, (Ledger(request.ref.id, path, rows_in=1).close(),))


def _band(request: ReadRequest, options: Options) -> Band:
    if not is_netcdf(request.path):
        return read_geotiff(request.path, options.band)
    if options.variable is None:
        raise InputError(
            "which variable of the NetCDF file holds the concentration is not stated.",
            source=request.path,
            field="options.variable",
            remedy="Name it in the dataset's option variable.",
        )
    return read_field(request.path, options.variable)
