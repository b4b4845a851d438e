"""People per cell from census totals of administrative units, where no population raster is at hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from affine import Affine
from pydantic import Field
from pyproj import CRS

from config.reading import Settings
from data_pipelines.contract import Population, Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import drop_duplicates, numbers
from hotspots.errors import InputError
from hotspots.exposure import coverage
from hotspots.grid import GEOD, AnalysisGrid

PEOPLE_STEP = 1 / 256
"""People of a cell are a multiple of this, so that sums over a unit are exact in any order of summation."""
MIN_EVEN_SHARE = 0.1
"""At least this share of a unit's people lives outside the listed settlements, which never name every hamlet."""

FloatArray = npt.NDArray[np.float64]


class Options(Settings):
    """Options of population_from_census.

    ``unit_column`` holds the names of the units, as in the boundaries. ``admin1_units`` says which unit an
    administrative code of the settlements means.
    """

    unit_column: str
    people_column: str
    cell_size_arcsec: float = Field(default=30.0, gt=0)
    disc_radius_m: float = Field(default=3000.0, gt=0)
    admin1_units: dict[str, str] = Field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)


SPEC = SourceSpec("population_from_census", "population", Options, needs=("units", "places"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Population]:
    """People (rows, cols) on a grid in whole cells of ``cell_size_arcsec`` around the units; NaN where no unit is.

    Every cell belongs to the unit that covers most of it, and the people of a unit's cells sum to its census total
    exactly. Within a unit, settlements spread their people evenly over a disc, scaled down where they claim more than
    leaves 10 % of the total; the rest is spread evenly. Both in proportion to the land in each cell.

    Raises
    ------
    InputError
        If the file cannot be used, a total is no whole number, or a unit has no census total or no cell.
    """
    options = request.options_as(Options)
    if request.units is None or request.places is None:
        raise TypeError("population_from_census needs units and places")
    units, path = request.units, request.path
    totals, rows, ledger = _totals(request, options, units)
    grid = _grid(units, options.cell_size_arcsec / 3600)
    land = coverage(grid, units).without_overlap()
    unit_of_cell = land.dominant()
    land_share = land.covered()
    towns = request.places[request.places["people"] > 0].reset_index(drop=True)
    unit_of_town = _unit_of_town(ledger, towns, units, rows, options.admin1_units)
    people = np.full(grid.shape, np.nan)
    for unit, total in enumerate(totals):
        cells = np.nonzero(unit_of_cell == unit)
        if not len(cells[0]):
            raise InputError(
                f"the unit {units['name'][unit]!r} is too small for a cell.",
                source=path,
                field="cell_size_arcsec",
                remedy="Choose smaller cells.",
            )
        weight = _weights(grid, cells, land_share[cells], towns[unit_of_town == unit], total, options.disc_radius_m)
        people[cells] = _shared(total, weight)
    return Read(Population(grid, people, request.year(), unit_of_cell), (ledger.close(),))


def _totals(
    request: ReadRequest, options: Options, units: gpd.GeoDataFrame
) -> tuple[list[int], npt.NDArray[np.int64], Ledger]:
    """The census total of each unit and its row in the file, in the order of the units."""
    path = request.path
    text = read_table(path, (options.unit_column, options.people_column), options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = text.frame
    people, missing, invalid = numbers(table[options.people_column])
    bad = missing | invalid | (people < 0) | (people != np.round(people))
    ledger.quarantine(table[ROW][bad], "NUMBER_INVALID", table[options.people_column][bad])
    drop_duplicates(ledger, table, [options.unit_column], "DUPLICATE_ID")
    strange = ~table[options.unit_column].isin(units["name"])
    ledger.quarantine(table[ROW][strange], "UNIT_MISSING", table[options.unit_column][strange])
    kept = ledger.kept(table)
    found = dict(zip(kept[options.unit_column], zip(people[kept.index], kept[ROW], strict=True), strict=True))
    without = [name for name in units["name"] if name not in found]
    if without or units["name"].duplicated().any():
        raise InputError(
            f"no census total for: {', '.join(without)}." if without else "two units have the same name.",
            source=path,
            field=options.unit_column,
            remedy="Write the units' names as in the boundaries, one row each.",
        )
    pairs = [found[name] for name in units["name"]]
    return [int(total) for total, _ in pairs], np.array([row for _, row in pairs]), ledger


def _grid(units: gpd.GeoDataFrame, cell_deg: float) -> AnalysisGrid:
    """The bounds of the units, out to whole multiples of a cell."""
    per_degree = 1 / cell_deg
    west, south, east, north = units.total_bounds
    left, top = np.floor(west * per_degree), np.ceil(north * per_degree)
    cols, rows = int(np.ceil(east * per_degree) - left), int(top - np.floor(south * per_degree))
    transform = Affine(cell_deg, 0, left / per_degree, 0, -cell_deg, top / per_degree)
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), transform, (rows, cols))


def _unit_of_town(
    ledger: Ledger,
    towns: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    row_of_unit: npt.NDArray[np.int64],
    admin1_units: dict[str, str],
) -> npt.NDArray[np.int64]:
    """The unit of each town: by its administrative code, else the nearest.

    A town outside its unit is noted on the unit's row of the census.
    """
    index = {name: number for number, name in enumerate(units["name"])}
    by_code = towns["admin1"].map(lambda code: index.get(admin1_units.get(code, ""), -1)).to_numpy()
    (_, nearest) = units.sindex.nearest(towns.geometry, return_all=False)
    found = np.where(by_code >= 0, by_code, nearest)
    apart = ~towns.geometry.within(units.geometry.iloc[found].reset_index(drop=True)).to_numpy()
    moved = [f"{name} counts in {units['name'][unit]}" for name, unit in zip(towns["name"], found, strict=True)]
    ledger.flag(row_of_unit[found[apart]], "PLACE_MOVED_TO_UNIT", np.array(moved, dtype=object)[apart])
    return np.asarray(found, dtype=np.int64)


def _weights(
    grid: AnalysisGrid,
    cells: tuple[npt.NDArray[np.intp], ...],
    land_share: FloatArray,
    towns: gpd.GeoDataFrame,
    total: int,
    radius_m: float,
) -> FloatArray:
    """Expected people in each cell of one unit."""
    lon, lat = grid.lonlat(*cells)
    land_km2 = land_share * grid.row_area_km2[cells[0]]
    claimed = float(towns["people"].sum())
    urban = min(claimed, (1 - MIN_EVEN_SHARE) * total)
    weight: FloatArray = (total - urban) * land_km2 / land_km2.sum()
    for town in towns.itertuples(index=False):
        point = np.full(len(lon), town.geometry.x), np.full(len(lon), town.geometry.y)
        _, _, distance_m = GEOD.inv(*point, lon, lat)
        disc = distance_m <= max(radius_m, distance_m.min())
        weight[disc] += urban * town.people / claimed * land_km2[disc] / land_km2[disc].sum()
    return weight


def _shared(total: int, weight: FloatArray) -> FloatArray:
    """``total`` in proportion to ``weight``, in whole steps by the largest remainder."""
    steps = round(total / PEOPLE_STEP)
    wanted = weight / weight.sum() * steps if steps else np.zeros_like(weight)
    given: FloatArray = np.floor(wanted)
    left = steps - int(given.sum())
    given[np.argsort(given - wanted, kind="stable")[:left]] += 1
    return np.asarray(given * PEOPLE_STEP)
