"""Annual mean concentrations in air from all sources together: a satellite product or an analysis, on its own grid.

The satellite PM2.5 of the Atmospheric Composition Analysis Group (Washington University in St. Louis) is one NetCDF
file a year, ``V5GL04.HybridPM25.Global.202001-202012.nc``, with the variable ``GWRPM25`` over ``lat`` and ``lon`` in
µg/m³, as public programs read it.
"""

from __future__ import annotations

from math import isclose

import numpy as np
from pydantic import Field, field_validator

from config.reading import Settings, did_you_mean
from config.units import convert, spelled_out
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import is_netcdf, read_field, stated_unit
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from data_pipelines.resample import on_grid
from hotspots.errors import InputError
from hotspots.inputs import AmbientField

TARGET = "µg/m³"


class Options(Settings):
    """Options of ambient_field.

    ``unit`` is that of the values, e.g. ``µg/m³``; a NetCDF file must not say another. A GeoTIFF is read by its
    ``band``, a NetCDF file by its ``variable``, which must be one field: the mean of one year.
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
    _check_unit(request, options, stated_unit(request.path, options.variable))
    return read_field(request.path, options.variable)


def _check_unit(request: ReadRequest, options: Options, stated: str) -> None:
    """Raise InputError where the file states another unit than the option; what is no known unit says nothing."""
    try:
        own = convert(1.0, spelled_out(stated), TARGET)
    except ValueError:
        return
    if not isclose(own, convert(1.0, options.unit, TARGET), rel_tol=1e-9):
        raise InputError(
            f"the variable is in {stated!r}, and the dataset's option unit says {options.unit!r}.",
            source=request.path,
            field="units",
            remedy="Correct the option unit, or the file's attribute units.",
        )
