"""Where the plume is outside what it is made for: near a coast, and on ground above the stacks.

A Gaussian plume over flat ground knows no sea breeze, no fumigation over a coast, and no hill that stands in the plume.
Both limits are known only as finely as the terrain they are told by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.coast import distance_to_coast_m, sea_cells
from hotspots.inputs import Inputs
from hotspots.method import AirMethod
from hotspots.pressures import Pressures

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AirValidity:
    """Limits of the air model on the analysis grid; NaN where the height of the ground or the air is not known.

    Attributes
    ----------
    near_coast:
        1 where the sea is within the method's distance, else 0, (rows, cols).
    above_stacks:
        Share of the air pressure that comes of stacks whose top lies below the cell's ground, 0–1, (rows, cols).
    outside:
        1 where either limit is passed, else 0, (rows, cols).
    """

    near_coast: FloatArray
    above_stacks: FloatArray
    outside: FloatArray


def air_validity(inputs: Inputs, method: AirMethod, pressures: Pressures, land: BoolArray) -> AirValidity | None:
    """The limits of the air model; None without air pressure or terrain.

    Parameters
    ----------
    land:
        Cells (rows, cols) of the administrative units, which are land however low they lie.
    """
    if inputs.elevation is None or pressures.above_stacks is None:
        return None
    # The units' outline tells the coast more finely than the terrain: outside it, ground is sea where it may be.
    distance_m = distance_to_coast_m(inputs.grid, sea_cells(inputs.elevation.lowest_m, land), method.coast_m)
    unknown = np.isnan(inputs.elevation.elevation_m) | np.isnan(pressures.above_stacks)
    near = np.where(unknown, np.nan, distance_m <= method.coast_m)
    above = np.where(unknown, np.nan, pressures.above_stacks)
    outside = np.where(unknown, np.nan, (near > 0) | (above >= method.above_stacks_share))
    return AirValidity(near, above, outside)
