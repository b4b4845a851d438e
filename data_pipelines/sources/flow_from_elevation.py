"""A river network derived from a terrain model: depressions filled, flow directions by steepest descent (pyflwdir)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import find_objects, label

from config.dataset_file import MAIN
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.flow import FLOW_FILES, FlowOptions, check_fine_enough, flow_of, report_faults, report_voids
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import is_netcdf, read_field
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from hotspots.dispersion.network import NO_DATA, trace
from hotspots.errors import InputError
from hotspots.inputs import FlowNetwork

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LOWEST_M, HIGHEST_M = -500.0, 9000.0
TOUCHING = np.ones((3, 3), dtype=np.bool_)


class Options(FlowOptions):
    """Options of flow_from_elevation: those of every river network, and the variable of a NetCDF."""

    elevation_variable: str = "elevation"


SPEC = SourceSpec("flow_from_elevation", "rivers", Options, files=(MAIN, *FLOW_FILES))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[FlowNetwork]:
    """The network on the grid of the terrain model, in metres. One raster counts as one row.

    The sea and what lies outside must be without data. Depressions are filled to where they overflow (Wang and Liu
    2006), so that all water comes to the edge of the data. A void, which is an area without data that does not reach
    the edge of the raster, is crossed at the height of its lowest rim and reported, and nothing in it is assessed.

    Raises
    ------
    InputError
        If a file cannot be used, the cells are too large, or values are no heights above the sea.
    ConfigError
        If the discharge is given in no way, or in several.
    """
    options = request.options_as(Options)
    path = request.path
    band = _elevation(path, options.elevation_variable)
    check_fine_enough(path, band.grid)
    _check_heights(path, band.values)
    void = _voids(band.values)
    direction = _directions(_bridged(band.values, void))
    ledger = Ledger(request.ref.id, path, rows_in=1)
    report_voids(ledger, band.grid, void)
    report_faults(ledger, band.grid, trace(band.grid, direction, options.endorheic))
    flow, quality = flow_of(request, options, band.grid, direction != NO_DATA)
    network = FlowNetwork(
        band.grid, direction, flow, options.water_temperature_c, options.whole_basins, options.endorheic, void
    )
    return Read(network, (ledger.close(), *quality))


def _elevation(path: Path, name: str) -> Band:
    return read_field(path, name, "elevation_variable") if is_netcdf(path) else read_geotiff(path)


def _check_heights(path: Path, elevation_m: FloatArray) -> None:
    known = elevation_m[np.isfinite(elevation_m)]
    if not known.size:
        raise InputError("there is no elevation.", source=path, remedy="Download it again.")
    if known.min() < LOWEST_M or known.max() > HIGHEST_M:
        raise InputError(
            f"elevations are {known.min():g} to {known.max():g}: no land is so low or high.",
            source=path,
            field="elevation",
            remedy="Declare the value for no data, e.g. gdal_edit.py -a_nodata VALUE, and leave out the sea floor.",
        )


def _voids(elevation_m: FloatArray) -> BoolArray:
    """(rows, cols) cells without data in areas that do not reach the edge of the raster."""
    areas, _ = label(np.isnan(elevation_m), TOUCHING)
    edge = np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]])
    return np.asarray((areas > 0) & ~np.isin(areas, edge))


def _bridged(elevation_m: FloatArray, void: BoolArray) -> FloatArray:
    """Elevations with each void as high as the lowest cell around it, so that water finds a way on."""
    bridged = elevation_m.copy()
    areas, _ = label(void, TOUCHING)
    for number, (rows, cols) in enumerate(find_objects(areas), start=1):
        # A void does not touch the edge of the raster, so that there is a rim.
        rim = slice(rows.start - 1, rows.stop + 1), slice(cols.start - 1, cols.stop + 1)
        inside = areas[rim] == number
        bridged[rim][inside] = np.nanmin(np.where(_grown(inside), elevation_m[rim], np.nan))
    return bridged


def _grown(mask: BoolArray) -> BoolArray:
    """``mask`` and the cells that touch it."""
    around = np.pad(mask, 1)
    rows, cols = mask.shape
    parts = [around[down : down + rows, right : right + cols] for down in range(3) for right in range(3)]
    return np.asarray(np.any(parts, axis=0))


def _directions(elevation_m: FloatArray) -> npt.NDArray[np.uint8]:
    """D8 codes (rows, cols) after filling; every cell at the edge of the data may be an outlet."""
    # Imported when needed: with its compiled functions it takes seconds.
    pyflwdir = import_module("pyflwdir")
    _, direction = pyflwdir.dem.fill_depressions(elevation_m.astype(np.float32), outlets="edge", nodata=np.nan)
    return np.asarray(direction, dtype=np.uint8)
