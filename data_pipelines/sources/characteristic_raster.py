"""One characteristic of the people as a raster: the share in poverty, relative wealth, the share of an age group."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from data_pipelines.resample import on_grid
from hotspots.errors import InputError
from hotspots.inputs import GROUPS, Characteristic, CharacteristicKind

FACTORS = {"percent": 0.01, "share": 1.0, "index": 1.0}


class Options(Settings):
    """Options of characteristic_raster.

    ``kind`` is ``poor``, ``relative_wealth``, ``under_5``, ``under_15``, ``over_65`` or ``female``; ``measure`` says
    whether the values are percent of the people, shares 0 to 1, or an index (relative wealth).
    """

    kind: CharacteristicKind
    measure: Literal["percent", "share", "index"]
    band: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _measure_fits(self) -> Self:
        if (self.measure == "index") != (self.kind not in GROUPS):
            raise ValueError("measure should be 'index' for relative_wealth, and 'percent' or 'share' for the others")
        return self


SPEC = SourceSpec("characteristic_raster", "characteristics", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[tuple[Characteristic, ...]]:
    """The characteristic on the analysis grid, by area-weighted mean; NaN where the file has no data.

    Raises
    ------
    InputError
        If the file cannot be used, a share lies outside 0 to 1, or the dataset has no year.
    """
    options, path = request.options_as(Options), request.path
    band = read_geotiff(path, options.band)
    values = band.values * FACTORS[options.measure]
    wrong = np.isinf(values) | ((options.measure != "index") & ((values < 0) | (values > 1)))
    if wrong.any():
        raise InputError(
            f"{int(wrong.sum())} values are no {options.measure}, e.g. {band.values[wrong][0]:g}.",
            source=path,
            field="options.measure",
            remedy="Correct the dataset's option measure, or declare the value that means no data.",
        )
    if request.grid is None:
        raise TypeError("characteristic_raster needs the grid")
    level = on_grid(Band(band.grid, values), request.grid, "intensive")
    if np.isnan(level).all():
        raise InputError("the raster has no value in the region.", source=path, remedy="Download the region's part.")
    found = Characteristic(options.kind, level, "cell", request.year())
    return Read((found,), (Ledger(request.ref.id, path, rows_in=1).close(),))
