"""Air pollutants of EDGAR (European Commission, Joint Research Centre): what is released in each cell of 0.1°.

Layout: the yearly grids of version 8.1, ``v8.1_FT2022_AP_<substance>_<year>_<category>_emi_nc.zip`` with one NetCDF
``…_emi.nc`` in it, as public programs read them: the variable ``emissions`` over ``lat`` and ``lon``, in tonnes a cell
and year (``units`` is ``Tonnes``), with the attributes ``substance`` and ``year``. The grids of ``flx_nc`` hold fluxes,
which are the same divided by area and time; they are not read. NOx is taken as the mass of NO2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import GriddedReleases, Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import band_of, open_netcdf, variable
from data_pipelines.rasters import Band
from data_pipelines.registry import adapter
from data_pipelines.resample import on_grid
from hotspots.errors import InputError
from hotspots.exposure import coverage
from hotspots.inputs import GriddedRelease
from hotspots.region import InventoryTotal
from hotspots.sectors import InventoryGroup

FloatArray = npt.NDArray[np.float64]

EMISSIONS = "emissions"
UNITS = {"Tonnes": "tonne"}
SUBSTANCES = {"PM2.5": "pm25", "PM10": "pm10", "NOx": "nox", "SO2": "so2"}
TOTALS = "TOTALS"
QUALITY = "D"
"""Project estimate: national statistics and factors, laid on proxies such as population and roads."""


@dataclass(frozen=True)
class Category:
    """The sector of a category of EDGAR; ``whole`` if it is all that the sector releases to air."""

    sector: str
    whole: bool = False


CATEGORIES = {
    "ENE": Category("public_electricity", whole=True),
    "IND": Category("other_industry"),
    "RCO": Category("household", whole=True),
    "TRO": Category("road_traffic", whole=True),
    "TNR_Other": Category("off_road_transport", whole=True),
    "TNR_Ship": Category("shipping", whole=True),
    "REF_TRF": Category("petroleum_refining"),
    "PRO_FFF": Category("other_industry"),
    "NMM": Category("mineral_products"),
    "CHE": Category("chemicals"),
    "IRO": Category("iron_steel"),
    "NFE": Category("nonferrous_metals"),
    "PRU_SOL": Category("other_industry"),
    "FOO_PAP": Category("other_industry"),
    "AGS": Category("agriculture"),
    "MNM": Category("agriculture"),
    "AWB": Category("agricultural_burning", whole=True),
    "SWD_INC": Category("waste_disposal"),
}
"""Without aviation: its releases are spread over heights that no plume from the ground has."""


class Options(Settings):
    """Options of edgar: what the grids are beside other releases to air, by group of sectors.

    Groups are those of the sectors' ``inventory_group``: power, industry, traffic, households, burning, agriculture,
    waste. In those of ``replaces`` the grids stand in place of listed releases and factors per person of the same
    pollutant. Those of ``compared`` release nothing: they are only totals that others are compared with, as the
    category TOTALS always is. In all others nothing else may release the same pollutant.
    """

    replaces: tuple[InventoryGroup, ...] = ()
    compared: tuple[InventoryGroup, ...] = ()

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if both := sorted(set(self.replaces) & set(self.compared)):
            raise ValueError(f"{', '.join(both)} is in 'replaces' and in 'compared'; name it in one of them")
        return self


SPEC = SourceSpec(
    "edgar",
    "gridded_releases",
    Options,
    needs=("units", "population"),
    files=tuple(f"{substance}_{category}" for substance in SUBSTANCES for category in (*CATEGORIES, TOTALS)),
)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[GriddedReleases]:
    """Releases by pollutant and sector on the analysis grid, in kg/yr, and their sums over the region's units.

    A cell gets the part of each cell of EDGAR that lies in it, so that sums are kept. Files are called
    ``<substance>_<category>``; those of one sector are summed. Each counts as one row.

    Raises
    ------
    InputError
        If a file cannot be used, is of another substance or year or in an unknown unit, holds a negative number, or has
        no value where people live, or a group of an option is that of no file.
    ConfigError
        If the dataset has no year.
    """
    options = request.options_as(Options)
    _check_groups(request, options)
    if request.grid is None or request.units is None:
        raise TypeError("edgar needs the grid and the units")
    inside = coverage(request.grid, request.units).without_overlap().covered()
    ledgers = {name: Ledger(request.ref.id, path, rows_in=1) for name, path in sorted(request.files.items())}
    released: dict[tuple[str, str], FloatArray] = {}
    totals: list[InventoryTotal] = []
    for name, ledger in ledgers.items():
        substance, _, code = name.partition("_")
        pollutant, category = SUBSTANCES[substance], CATEGORIES.get(code)
        kg_yr = _on_grid(request, name, ledger)
        if category is None or category.whole:
            totals.append(_total(request, pollutant, category, float(np.nansum(kg_yr * inside))))
        if category is not None and _group(request, category) not in options.compared:
            key = (pollutant, category.sector)
            released[key] = released[key] + kg_yr if key in released else kg_yr
    releases = tuple(
        GriddedRelease(
            pollutant=pollutant,
            sector=sector,
            release_kg_yr=kg_yr,
            inside_kg_yr=float(np.nansum(kg_yr * inside)),
            quality=QUALITY,
            year=request.year(),
            dataset=request.ref.id,
            title=request.ref.title,
        )
        for (pollutant, sector), kg_yr in sorted(released.items())
    )
    value = GriddedReleases(releases, tuple(totals), frozenset(options.replaces))
    return Read(value, tuple(ledger.close() for ledger in ledgers.values()))


def _group(request: ReadRequest, category: Category) -> InventoryGroup | None:
    return request.reference.sectors[category.sector].inventory_group


def _check_groups(request: ReadRequest, options: Options) -> None:
    codes = {name.partition("_")[2] for name in request.files}
    given = {_group(request, CATEGORIES[code]) for code in codes if code in CATEGORIES}
    for option in ("replaces", "compared"):
        for group in getattr(options, option):
            if group not in given:
                raise InputError(
                    f"no grid is of the group {group!r}.",
                    source=next(iter(request.files.values())),
                    field=f"options.{option}",
                    remedy=f"The grids given are of: {', '.join(sorted(map(str, given))) or 'none but TOTALS'}.",
                )


def _total(request: ReadRequest, pollutant: str, category: Category | None, kg_yr: float) -> InventoryTotal:
    sector = None if category is None else category.sector
    return InventoryTotal(pollutant, "air", sector, kg_yr, request.year(), request.ref.citation)


def _on_grid(request: ReadRequest, name: str, ledger: Ledger) -> FloatArray:
    """kg/yr (rows, cols) of one file on the analysis grid, NaN where it has no value."""
    path = request.files[name]
    if request.grid is None:
        raise TypeError("edgar needs the grid")
    band, unit = _field(path, name.partition("_")[0], request.year())
    if (band.values < 0).any() or np.isinf(band.values).any():
        raise InputError(
            f"the values reach from {np.nanmin(band.values):g} to {np.nanmax(band.values):g}: no emission.",
            source=path,
            field=EMISSIONS,
            remedy="Download it again.",
        )
    kg_yr = on_grid(band, request.grid, "extensive") * unit
    void = np.isnan(kg_yr)
    people = float(np.nansum(request.people_on_grid()[void]))
    if people > 0:
        raise InputError(
            f"the grid has no value where {people:,.0f} people live; that is not a release of zero.",
            source=path,
            field=EMISSIONS,
            remedy="Use the grid of the whole globe.",
        )
    if void.any():
        ledger.flag([1], "GRID_VOID", f"{int(void.sum())} cells")
    return kg_yr


def _field(path: Path, substance: str, year: int) -> tuple[Band, float]:
    """The grid of a file and the kg of its unit."""
    with open_netcdf(path) as file:
        if EMISSIONS not in file:
            raise InputError(
                f"there is no variable {EMISSIONS!r}; the file has: {', '.join(map(str, file.data_vars))}.",
                source=path,
                field=EMISSIONS,
                remedy="Use the files of emi_nc, in tonnes a cell, not the fluxes of flx_nc.",
            )
        field = variable(path, file, EMISSIONS, "paths").squeeze(drop=True).load()
    _check_attribute(path, field.attrs, "substance", substance)
    _check_attribute(path, field.attrs, "year", str(year))
    unit = str(field.attrs.get("units", ""))
    try:
        kg = convert(1.0, UNITS.get(unit, unit), "kg")
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} is no amount a year.",
            source=path,
            field="units",
            remedy="Use the files of emi_nc, in tonnes a cell.",
        ) from error
    return band_of(path, field), kg


def _check_attribute(path: Path, attributes: Mapping[Any, Any], name: str, wanted: str) -> None:
    stated = str(attributes.get(name, "nothing"))
    if stated != wanted:
        raise InputError(
            f"the grid states the {name} {stated!r}, not {wanted!r}.",
            source=path,
            field=name,
            remedy="Name each file under its own substance and category, and state the year of the dataset.",
        )
