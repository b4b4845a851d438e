"""Drainage basins as the units of a region without administrative ones, from a GeoTIFF of D8 flow directions."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pydantic import Field
from rasterio.features import shapes

from config.reading import Settings
from config.region_file import Text
from data_pipelines.contract import Read, ReadRequest, SourceSpec, Units
from data_pipelines.flow import report_faults
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import read_geotiff
from data_pipelines.registry import adapter
from data_pipelines.sources.flow_direction import directions
from hotspots.dispersion.network import NOWHERE, Channels, cell_areas_km2, labelled_from_below, trace
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid
from hotspots.schemas import UNITS, checked

SEARCH_CELLS = 6
AREA_TOLERANCE = 0.1


class Outlet(Settings):
    """Where a sub-basin ends: near a point, in the cell whose upstream area is nearest to the published one."""

    name: Text
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    upstream_km2: float = Field(gt=0)


class Options(Settings):
    """Options of sub_basins: ``rest`` names what drains to none of the ``outlets``."""

    rest: Text
    outlets: tuple[Outlet, ...] = ()


SPEC = SourceSpec("sub_basins", "units", Options)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Units]:
    """One unit an outlet, what lies upstream of an outlet within it excepted, and one for the rest.

    Raises
    ------
    InputError
        If the raster cannot be used, or no cell near an outlet has its upstream area within a tenth.
    """
    options = request.options_as(Options)
    path = request.path
    band = read_geotiff(path)
    direction = directions(path, band)
    channels = trace(band.grid, direction, endorheic=True)
    upstream_km2 = channels.accumulated(np.where(channels.land, cell_areas_km2(band.grid), 0.0))
    ends = [_cell(path, band.grid, upstream_km2, outlet) for outlet in options.outlets]
    labels = _labels(channels, ends).reshape(band.grid.shape)
    names = [outlet.name for outlet in options.outlets] + [options.rest]
    units = gpd.GeoDataFrame(
        {"unit_id": [f"{number:02d}" for number in range(1, len(names) + 1)], "name": names, "group": names},
        geometry=[_outline(labels, number, band.grid) for number in range(1, len(names) + 1)],
        crs=band.grid.crs,
    ).to_crs("OGC:CRS84")
    units = units[~units.is_empty].reset_index(drop=True)
    ledger = Ledger(request.ref.id, path, rows_in=1)
    report_faults(ledger, band.grid, channels)
    return Read(Units(checked(UNITS, units, str(path)), whole_countries=False), (ledger.close(),))


def _cell(path: Path, grid: AnalysisGrid, upstream_km2: npt.NDArray[np.float64], outlet: Outlet) -> int:
    """The cell within some cells of the outlet's point whose upstream area is nearest to the stated one."""
    row, col = (int(index) for index in grid.cell_of(outlet.lon, outlet.lat))
    rows = slice(max(row - SEARCH_CELLS, 0), row + SEARCH_CELLS + 1)
    cols = slice(max(col - SEARCH_CELLS, 0), col + SEARCH_CELLS + 1)
    cells = np.arange(upstream_km2.size).reshape(grid.shape)[rows, cols].ravel() if row >= 0 else np.empty(0, int)
    off = np.abs(upstream_km2[cells] / outlet.upstream_km2 - 1)
    if not (off <= AREA_TOLERANCE).any():
        raise InputError(
            f"no cell near {outlet.lon:g}, {outlet.lat:g} drains about {outlet.upstream_km2:g} km².",
            source=path,
            field=f"options.outlets: {outlet.name}",
            remedy="Correct the position or the upstream area of the outlet.",
        )
    return int(cells[np.argmin(off)])


def _labels(channels: Channels, ends: list[int]) -> npt.NDArray[np.int32]:
    """(cells,) number of the first outlet at or below each cell, from 1; the last number where none is, 0 no data."""
    labels = np.zeros(channels.downstream.size, dtype=np.int32)
    labels[channels.order[channels.downstream[channels.order] == NOWHERE]] = len(ends) + 1
    labels[ends] = np.arange(1, len(ends) + 1)
    return labelled_from_below(channels, labels)


def _outline(labels: npt.NDArray[np.int32], number: int, grid: AnalysisGrid) -> shapely.Geometry:
    found = shapes(labels, mask=labels == number, transform=grid.transform)
    return shapely.union_all([shapely.geometry.shape(shape) for shape, _ in found])
