"""What every adapter of river networks shares: the discharge, and the faults that a network is reported for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from config.reading import Settings
from config.region_file import Text
from data_pipelines.contract import ReadRequest
from data_pipelines.ledger import Ledger
from data_pipelines.precipitation import annual_mm
from data_pipelines.rasters import read_geotiff
from data_pipelines.resample import on_grid
from hotspots.dispersion.network import NOWHERE, Channels
from hotspots.errors import ConfigError, InputError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Discharge, Runoff, RunoffRaster
from hotspots.quality import DatasetQuality

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DISCHARGE, RUNOFF, PRECIPITATION = "discharge", "runoff", "precipitation"
FLOW_FILES = (DISCHARGE, RUNOFF, PRECIPITATION)
LARGEST_CELL_M = 1200.0
"""30″ are 928 m from north to south; what is much coarser is no river network."""
PRECIPITATION_FACTOR = 1.5
"""Project's choice: precipitation that differs from the published mean by more than this factor is not used."""
POSITIONS_NAMED = 5


class FlowOptions(Settings):
    """Options of a river network.

    The discharge comes from exactly one of: ``paths.discharge`` (m³/s, on the network's own grid), ``paths.runoff`` (a
    GeoTIFF of mm/yr), ``paths.precipitation`` × ``runoff_coefficient`` (a GeoTIFF of mm/yr, or NetCDF sums of hours or
    days), or ``runoff_mm_yr``, one depth everywhere; ``flow_citation`` says where it is from. Precipitation must agree
    with ``published_precipitation_mm_yr``, the mean that is published for the area.
    ``whole_basins`` states that no river enters the raster from outside; where one does, freshwater is not assessed.
    ``endorheic`` states that cells of the code 255 are the ends of basins without an outlet, as HydroSHEDS marks them.
    """

    runoff_mm_yr: float | None = Field(default=None, gt=0, le=10_000)
    runoff_coefficient: float | None = Field(default=None, gt=0, le=1)
    published_precipitation_mm_yr: float | None = Field(default=None, gt=0, le=12_000)
    precipitation_variable: str = "tp"
    flow_citation: Text
    water_temperature_c: float = Field(ge=0, le=40)
    whole_basins: bool
    endorheic: bool = False


def flow_of(
    request: ReadRequest, options: FlowOptions, grid: AnalysisGrid, land: BoolArray
) -> tuple[Runoff | RunoffRaster | Discharge, tuple[DatasetQuality, ...]]:
    """The discharge of a network with data on ``land`` (rows, cols), and the quality of the file it is from.

    Raises
    ------
    ConfigError
        If it is given in no way, or in several.
    InputError
        If a file cannot be used, or its numbers cannot be right.
    """
    given = [name for name in FLOW_FILES if name in request.files]
    ways = given + ([] if options.runoff_mm_yr is None else ["runoff_mm_yr"])
    if len(ways) != 1:
        raise ConfigError(
            f"discharge needs exactly one origin, and there are {len(ways)}: {', '.join(ways) or 'none'}.",
            source=request.ref.id,
            field="options.runoff_mm_yr",
            remedy="Give options.runoff_mm_yr, or one of paths.discharge, paths.runoff and paths.precipitation.",
        )
    if options.runoff_mm_yr is not None:
        return Runoff(options.runoff_mm_yr, options.flow_citation), ()
    path = request.files[given[0]]
    ledger = Ledger(request.ref.id, path, rows_in=1)
    if given[0] == DISCHARGE:
        discharge_m3_s = _discharge(path, grid)
        _report_cells(ledger, "DISCHARGE_NOT_POSITIVE", grid, land & ~(discharge_m3_s > 0))
        return Discharge(discharge_m3_s, options.flow_citation), (ledger.close(),)
    if given[0] == RUNOFF:
        depth_mm_yr = on_grid(read_geotiff(path), grid, "intensive")
    else:
        depth_mm_yr = _from_precipitation(request, options, grid, land)
    depth_mm_yr = np.where((depth_mm_yr >= 0) & np.isfinite(depth_mm_yr), depth_mm_yr, np.nan)
    _report_cells(ledger, "RUNOFF_INVALID", grid, land & np.isnan(depth_mm_yr))
    return RunoffRaster(depth_mm_yr, options.flow_citation), (ledger.close(),)


def check_fine_enough(path: Path, grid: AnalysisGrid) -> None:
    """Check that the cells of a network are small enough to hold rivers.

    Raises
    ------
    InputError
        If they are larger than LARGEST_CELL_M.
    """
    size_m = float(max(grid.row_height_m.max(), grid.row_width_m.max()))
    if size_m > LARGEST_CELL_M:
        minutes = f"{grid.cell_height * 60:.3g}′" if grid.crs.is_geographic else f"{size_m / 1000:.3g} km"
        raise InputError(
            f"its cells are {size_m / 1000:.3g} km wide: a {minutes} terrain model is no network.",
            source=path,
            field="transform",
            remedy="Use flow directions or elevations of 30 arc seconds or finer, e.g. HydroSHEDS or MERIT Hydro.",
        )


def report_faults(ledger: Ledger, grid: AnalysisGrid, channels: Channels) -> None:
    """Tell the ledger where water ends amid land or flows in a circle."""
    cells = np.zeros(grid.rows * grid.cols, dtype=np.bool_)
    cells[channels.order] = channels.downstream[channels.order] == NOWHERE
    cells &= ~channels.mouth
    faulty = np.zeros_like(cells)
    faulty[channels.dead_ends] = True
    circle = np.zeros_like(cells)
    circle[channels.circles] = True
    for reason, found in (("INLAND_SINK", cells & ~faulty & ~circle), ("DEAD_END", faulty), ("FLOW_CIRCLE", circle)):
        _report_cells(ledger, reason, grid, found.reshape(grid.shape))


def report_voids(ledger: Ledger, grid: AnalysisGrid, void: BoolArray) -> None:
    """Tell the ledger where elevation is missing inside the land."""
    _report_cells(ledger, "ELEVATION_VOID", grid, void)


def _report_cells(ledger: Ledger, reason: str, grid: AnalysisGrid, found: BoolArray) -> None:
    """Flag the raster with the number of cells and the positions of the first."""
    rows, cols = np.nonzero(found)
    if not rows.size:
        return
    lon, lat = grid.lonlat(rows[:POSITIONS_NAMED], cols[:POSITIONS_NAMED])
    where = "; ".join(f"{x:.4f}, {y:.4f}" for x, y in zip(lon, lat, strict=True))
    more = "" if rows.size <= POSITIONS_NAMED else " and others"
    ledger.flag([1], reason, f"{rows.size} cells, at {where}{more}")


def _discharge(path: Path, grid: AnalysisGrid) -> FloatArray:
    band = read_geotiff(path)
    if not _same_cells(band.grid, grid):
        raise InputError(
            "the grid differs from that of the flow directions.",
            source=path,
            field="transform",
            remedy="Bring it to the grid of the flow directions.",
        )
    return np.where(np.isfinite(band.values), band.values, np.nan)


def _from_precipitation(request: ReadRequest, options: FlowOptions, grid: AnalysisGrid, land: BoolArray) -> FloatArray:
    """Runoff in mm/yr on ``grid``: precipitation × coefficient, once the mean agrees with the published one."""
    path, published = request.files[PRECIPITATION], options.published_precipitation_mm_yr
    if options.runoff_coefficient is None or published is None:
        missing = "runoff_coefficient" if options.runoff_coefficient is None else "published_precipitation_mm_yr"
        raise ConfigError(
            f"precipitation needs options.{missing}.",
            source=request.ref.id,
            field=f"options.{missing}",
            remedy="Give the share of precipitation that runs off, and the published mean precipitation of the area.",
        )
    precipitation = on_grid(annual_mm(path, options.precipitation_variable), grid, "intensive")
    known = land & np.isfinite(precipitation)
    if not known.any():
        raise InputError("it does not cover the network.", source=path, remedy="Download the network's area.")
    areas = np.broadcast_to(grid.row_area_km2[:, None], grid.shape)
    mean = float(np.average(precipitation[known], weights=areas[known]))
    if not published / PRECIPITATION_FACTOR <= mean <= published * PRECIPITATION_FACTOR:
        raise InputError(
            f"the mean is {mean:.4g} mm/yr, against {published:g} published: the sums are incomplete, or the unit is"
            " wrong.",
            source=path,
            field=PRECIPITATION,
            remedy="Download whole days of a whole year; check the unit; give the published mean of this area.",
        )
    return precipitation * options.runoff_coefficient


def _same_cells(one: AnalysisGrid, other: AnalysisGrid) -> bool:
    """Whether two grids have the same cells, to a hundredth of a cell, however their files write the CRS."""
    slack = 0.01 * other.cell_width
    near = np.allclose(one.bounds, other.bounds, rtol=0, atol=slack)
    return one.shape == other.shape and near and one.crs == other.crs
