"""A river network from a GeoTIFF of D8 flow directions, in the coding of ESRI, HydroSHEDS and MERIT Hydro."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from config.dataset_file import MAIN
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.flow import FLOW_FILES, FlowOptions, check_fine_enough, flow_of, report_faults
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from hotspots.dispersion.network import CODES, NO_DATA, trace
from hotspots.errors import InputError
from hotspots.inputs import FlowNetwork


class Options(FlowOptions):
    """Options of flow_direction: those of every river network."""


SPEC = SourceSpec("flow_direction", "rivers", Options, files=(MAIN, *FLOW_FILES))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[FlowNetwork]:
    """The network on its own grid. One raster counts as one row.

    Raises
    ------
    InputError
        If a file cannot be used, a code is unknown, the cells are too large, or the grids differ.
    ConfigError
        If the discharge is given in no way, or in several.
    """
    options = request.options_as(Options)
    path = request.path
    band = read_geotiff(path)
    check_fine_enough(path, band.grid)
    direction = directions(path, band)
    ledger = Ledger(request.ref.id, path, rows_in=1)
    report_faults(ledger, band.grid, trace(band.grid, direction, options.endorheic))
    flow, quality = flow_of(request, options, band.grid, direction != NO_DATA)
    network = FlowNetwork(
        band.grid, direction, flow, options.water_temperature_c, options.whole_basins, options.endorheic
    )
    return Read(network, (ledger.close(), *quality))


def directions(path: Path, band: Band) -> npt.NDArray[np.uint8]:
    """The codes of a raster as read, no data as 247.

    Raises
    ------
    InputError
        If a value is no code.
    """
    values = np.nan_to_num(band.values, nan=float(NO_DATA))
    unknown = np.setdiff1d(np.unique(values), CODES)
    if unknown.size:
        raise InputError(
            f"{unknown[0]:g} is no flow direction of the ESRI D8 coding ({unknown.size} such values).",
            source=path,
            field="direction",
            remedy=f"Use the codes {', '.join(map(str, sorted(CODES)))}; 247 is no data.",
        )
    return values.astype(np.uint8)
