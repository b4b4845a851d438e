"""A river network from a GeoTIFF of D8 flow directions, in the coding of ESRI, HydroSHEDS and MERIT Hydro."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from config.dataset_file import MAIN
from config.reading import Settings
from config.region_file import Text
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from hotspots.dispersion.network import CODES, NO_DATA, NOWHERE, trace
from hotspots.errors import ConfigError, InputError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Discharge, FlowNetwork, Runoff
from hotspots.quality import DatasetQuality

DISCHARGE = "discharge"


class Options(Settings):
    """Options of flow_direction.

    Discharge comes from the second file (``paths.discharge``, m³/s on the same grid) or from ``runoff_mm_yr``, the
    mean depth that runs off; ``flow_citation`` says where either is from. ``whole_basins`` states that no river enters
    the raster from outside; where one does, freshwater is not assessed.
    """

    runoff_mm_yr: float | None = Field(default=None, gt=0, le=10_000)
    flow_citation: Text
    water_temperature_c: float = Field(ge=0, le=40)
    whole_basins: bool


SPEC = SourceSpec("flow_direction", "rivers", Options, files=(MAIN, DISCHARGE))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[FlowNetwork]:
    """The network on its own grid. One raster counts as one row.

    Raises
    ------
    InputError
        If a file cannot be used, a code is unknown, water flows in a circle, or the grids differ.
    ConfigError
        If neither or both of discharge and runoff are given.
    """
    options = request.options_as(Options)
    path = request.path
    band = read_geotiff(path)
    direction = directions(path, band)
    ledger = Ledger(request.ref.id, path, rows_in=1)
    try:
        channels = trace(band.grid, direction)
    except InputError as error:
        raise InputError(error.message, source=path, field=error.field, remedy=error.remedy) from error
    sinks = int(((channels.downstream == NOWHERE) & channels.land & ~channels.mouth).sum())
    if sinks:
        ledger.flag([1], "INLAND_SINK", f"{sinks} cells")
    flow, quality = _flow(request, options, band)
    network = FlowNetwork(band.grid, direction, flow, options.water_temperature_c, options.whole_basins)
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


def _flow(request: ReadRequest, options: Options, band: Band) -> tuple[Runoff | Discharge, tuple[DatasetQuality, ...]]:
    given, runoff_mm_yr = request.files.get(DISCHARGE), options.runoff_mm_yr
    if given is None and runoff_mm_yr is not None:
        return Runoff(runoff_mm_yr, options.flow_citation), ()
    if given is None or runoff_mm_yr is not None:
        raise ConfigError(
            "discharge needs either a raster or a runoff depth, and not both.",
            source=request.ref.id,
            field="options.runoff_mm_yr",
            remedy="Give options.runoff_mm_yr, or paths.discharge with m³/s on the grid of the flow directions.",
        )
    discharge = read_geotiff(given)
    if not _same_cells(discharge.grid, band.grid):
        raise InputError(
            "the grid differs from that of the flow directions.",
            source=given,
            field="transform",
            remedy="Bring it to the grid of the flow directions.",
        )
    if (discharge.values < 0).any():
        raise InputError(
            f"{int((discharge.values < 0).sum())} cells hold a negative discharge.",
            source=given,
            remedy="If this value means no data, declare it, e.g. gdal_edit.py -a_nodata VALUE.",
        )
    return Discharge(discharge.values, options.flow_citation), (Ledger(request.ref.id, given, rows_in=1).close(),)


def _same_cells(one: AnalysisGrid, other: AnalysisGrid) -> bool:
    """Whether two grids have the same cells, to a hundredth of a cell, however their files write the CRS."""
    slack = 0.01 * other.cell_width
    near = np.allclose(one.bounds, other.bounds, rtol=0, atol=slack)
    return one.shape == other.shape and near and one.crs == other.crs
