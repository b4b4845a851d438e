"""From releases to the pressure of each dimension, on the analysis grid with its margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.blocks import Executor
from hotspots.dimensions.air import Air, urban_cells
from hotspots.dimensions.freshwater import Freshwater, WaterReport
from hotspots.dimensions.land import Land, LandReport
from hotspots.dimensions.marine import Marine
from hotspots.dimensions.marine_report import MarineReport
from hotspots.dimensions.model import DimensionModel
from hotspots.dispersion.wind import WindClimate, climatology
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.progress import Progress

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pressures:
    """Fields (rows, cols) on the grid with margin; a dimension that is not assessed is not among them.

    ``increments`` are annual means in air in µg/m³ by pollutant id, of the listed sources only. ``water`` is None where
    nothing is routed along rivers, ``land`` where no source is a land pressure, ``above_stacks`` (see
    `Air.above_stacks`) where no terrain or no pressure in air is known, ``marine`` where no plastic is followed to a
    river mouth or the sea.
    """

    increments: Mapping[str, FloatArray]
    by_dimension: Mapping[str, FloatArray]
    climate: WindClimate
    urban: BoolArray
    water: WaterReport | None = None
    land: LandReport | None = None
    above_stacks: FloatArray | None = None
    marine: MarineReport | None = None


def models(inputs: Inputs, method: Method, climate: WindClimate, urban: BoolArray) -> tuple[DimensionModel, ...]:
    """The models of the dimensions that the inputs allow, whether or not what is released is scored."""
    possible = (
        Air.of(inputs, method, climate, urban),
        Freshwater.of(inputs, method),
        Land.of(inputs, method),
        Marine.of(inputs, method),
    )
    return tuple(model for model in possible if model is not None)


def compute(inputs: Inputs, method: Method, executor: Executor, progress: Progress) -> Pressures:
    """Every pressure that the inputs allow.

    Returns
    -------
    Pressures
        With `air` and `freshwater` if any scored pollutant is released there, `land` if any source has a land weight,
        `marine` if plastic is released and a sea is known.
    """
    climate = climatology(inputs.wind, inputs.grid, method.air)
    urban = urban_cells(inputs, method)
    by_dimension: dict[str, FloatArray] = {}
    increments: Mapping[str, FloatArray] = {}
    rivers, water, land, marine = None, None, None, None
    above_stacks: FloatArray | None = None
    for model in models(inputs, method, climate, urban):
        computed = model.field(executor, progress)
        if computed.pressure is not None:
            by_dimension[model.dimension] = computed.pressure
        if isinstance(model, Air):
            increments = computed.concentrations
            if inputs.elevation is not None and computed.pressure is not None:
                above_stacks = model.above_stacks(inputs.elevation.elevation_m, computed.pressure)
        if isinstance(model, Freshwater):
            rivers, water = model, model.report(computed.concentrations)
        if isinstance(model, Land):
            land = model.report()
        if isinstance(model, Marine):
            marine = model.report(rivers)
    return Pressures(increments, by_dimension, climate, urban, water, land, above_stacks, marine)
