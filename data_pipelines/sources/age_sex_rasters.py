"""People by age and sex, one GeoTIFF a group, as WorldPop publishes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.rasters import read_geotiff
from data_pipelines.registry import adapter
from data_pipelines.resample import on_grid
from hotspots.errors import InputError
from hotspots.inputs import Characteristic, CharacteristicKind

FloatArray = npt.NDArray[np.float64]

SEXES = ("f", "m", "t")
AGES = (0, 1, *range(5, 95, 5))
OLDEST = (85, 90)
"""Ages that only some releases tell apart; where they are not given, 80 is 80 and older."""
BANDS: dict[CharacteristicKind, tuple[int, ...]] = {
    "under_5": (0, 1),
    "under_15": (0, 1, 5, 10),
    "over_65": (65, 70, 75, 80),
}
EXCESS = 1.001
"""A group may exceed all people by this factor, which rounding in the files explains."""


class Options(Settings):
    """age_sex_rasters has no options: what a file holds is said by its name under ``paths``.

    The names are WorldPop's: sex (``f``, ``m``, or ``t`` both) and the first year of age, e.g. ``f_0``, ``m_65``.
    """


SPEC = SourceSpec(
    "age_sex_rasters",
    "characteristics",
    Options,
    needs=("units", "population"),
    files=tuple(f"{sex}_{age}" for sex in SEXES for age in AGES),
)


@dataclass(frozen=True)
class _Group:
    kind: CharacteristicKind
    files: tuple[str, ...]


@adapter(SPEC)
def read(request: ReadRequest) -> Read[tuple[Characteristic, ...]]:
    """The share of the population raster's people that each group makes up in each cell, for every complete group.

    Amounts are summed to the analysis grid. Where a group is larger than all people, or nobody lives, its share is not
    known; how often the former happens is flagged at the group's first file. A file counts as one row.

    Raises
    ------
    InputError
        If a file cannot be used or holds a negative number, no group is complete, or the dataset has no year.
    """
    groups = _complete(request)
    people = request.people_on_grid()
    ledgers = {name: Ledger(request.ref.id, path, rows_in=1) for name, path in request.files.items()}
    amounts = {name: _people(request, name) for name in sorted(request.files)}
    found = []
    for group in groups:
        members = np.sum([amounts[name] for name in group.files], axis=0)
        exceeding = members > people * EXCESS
        if exceeding.any():
            detail = f"{group.kind}: {int(exceeding.sum())} cells with {np.nansum(people[exceeding]):.0f} people"
            ledgers[group.files[0]].flag([1], "GROUP_EXCEEDS_TOTAL", detail)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where((people > 0) & ~exceeding, np.minimum(members / people, 1.0), np.nan)
        found.append(Characteristic(group.kind, share, "cell", request.year()))
    return Read(tuple(found), tuple(ledger.close() for ledger in ledgers.values()))


def _complete(request: ReadRequest) -> list[_Group]:
    """The groups all of whose files are given, for both sexes together or each apart."""
    groups = []
    for kind, ages in BANDS.items():
        wanted = (*ages, *(age for age in OLDEST if kind == "over_65" and _given(request, age)))
        for sexes in (("t",), ("f", "m")):
            names = tuple(f"{sex}_{age}" for sex in sexes for age in wanted)
            if all(name in request.files for name in names):
                groups.append(_Group(kind, names))
                break
    women = tuple(f"f_{age}" for age in AGES if age not in OLDEST or _given(request, age))
    if all(name in request.files for name in women):
        groups.append(_Group("female", women))
    if not groups:
        raise InputError(
            "no group is complete; under 5 are f_0, f_1, m_0 and m_1, under 15 these with 5 and 10, 65 and older 65,"
            f" 70, 75 and 80, women and girls every age. Given are: {', '.join(request.files)}.",
            source=next(iter(request.files.values())),
            field="paths",
            remedy="Name the missing files in the dataset's paths; t_0 and so on are both sexes together.",
        )
    return groups


def _given(request: ReadRequest, age: int) -> bool:
    return any(f"{sex}_{age}" in request.files for sex in SEXES)


def _people(request: ReadRequest, name: str) -> FloatArray:
    path = request.files[name]
    band = read_geotiff(path)
    if (band.values < 0).any() or np.isinf(band.values).any():
        raise InputError(
            f"some cells hold an impossible number of people (lowest {np.nanmin(band.values):g}).",
            source=path,
            remedy="If this value means no data, declare it, e.g. gdal_edit.py -a_nodata VALUE.",
        )
    if request.grid is None:
        raise TypeError("age_sex_rasters needs the grid")
    return on_grid(band, request.grid, "extensive")
