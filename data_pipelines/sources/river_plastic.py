"""River mouths with the plastic they bring to the sea, as modelled by Meijer et al. (2021).

Layout: the supplementary shapefile ``Meijer2021_midpoint_emissions.shp`` (doi:10.6084/m9.figshare.14515590) as public
programs read it: 31 819 points with one attribute, ``dots_exten``, the tonnes of macroplastic of a year (midpoint of
the estimates), 1 005 984 t in all. It names no rivers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from config.reading import Settings
from config.units import convert
from data_pipelines.amounts import candidates
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import Reported, finish
from data_pipelines.files import ROW
from data_pipelines.inventories import POSITION, read_inventory
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_releases, drop_duplicates
from hotspots.errors import InputError

EMISSION = "dots_exten"
UNIT = "tonne"
SECTOR = "river_mouth"
PLASTIC: Final = "mismanaged_plastic"
POINTS, TOTAL_T_YR = 31_819, 1_005_984.0
"""Of the whole file: what its sum is checked by, for it states no unit."""
ROUNDING = 0.01
"""Share by which the sum of the whole file may differ."""


class Options(Settings):
    """Options of river_plastic. ``replaces`` must name ``waste``: the mouths stand in place of all plastic on land."""

    replaces: tuple[Literal["waste"], ...] = ()
    position_accuracy_m: float = Field(default=1000.0, ge=0)

    @model_validator(mode="after")
    def _declared(self) -> Self:
        if "waste" not in self.replaces:
            raise ValueError(
                "plastic that people throw away would count twice, on its way to the sea and at the mouths:"
                ' add "waste" to replaces, and the mouths stand in its place'
            )
        return self


SPEC = SourceSpec("river_plastic", "facilities", Options, needs=("units", "population"), columns=frozenset({EMISSION}))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """River mouths as sources that release plastic to the sea, in place of plastic that is released to land.

    Raises
    ------
    InputError
        If the file cannot be used, lacks the column, or sums up to what it cannot.
    """
    options = request.options_as(Options)
    text = read_inventory(request.path, (EMISSION,))
    ledger = Ledger.of(request.ref.id, text)
    longitude, latitude = POSITION
    table = check_coordinates(ledger, text.frame, latitude, longitude, request.area)
    amount = pd.Series(check_releases(ledger, table[ROW], table[EMISSION], EMISSION), index=table.index)
    _check_sum(request, amount)
    drop_duplicates(ledger, table, [longitude, latitude, EMISSION], "DUPLICATE_ID")
    mouths = ledger.kept(table)
    place = [_place(lon, lat) for lon, lat in zip(mouths["lon"], mouths["lat"], strict=True)]
    known = pd.DataFrame(
        {
            "native_id": _ids(mouths),
            "name": [f"River mouth {words}" for words in place],
            "sector": SECTOR,
            "country": "",
            "year": pd.Series(pd.NA, index=mouths.index, dtype="Int64"),
            "lon": mouths["lon"],
            "lat": mouths["lat"],
            ROW: mouths[ROW],
        }
    )
    kg_yr = (amount[mouths.index] * convert(1.0, UNIT, "kg")).set_axis(mouths[ROW])
    reported = [Reported(PLASTIC, "sea", "E", "E", kg_yr)]
    found = finish(request, ledger, candidates(known, options.position_accuracy_m), reported, "E")
    return replace(found, value=replace(found.value, in_place_of=frozenset({(PLASTIC, "land")})))


def _check_sum(request: ReadRequest, amount: pd.Series) -> None:
    """Raise InputError where the whole file does not sum up to what was published, or a part of it to more."""
    total = float(np.nansum(amount))
    whole = len(amount) >= POINTS
    if total > TOTAL_T_YR * (1 + ROUNDING) or (whole and total < TOTAL_T_YR * (1 - ROUNDING)):
        raise InputError(
            f"{len(amount)} mouths bring {total:,.0f} t a year;"
            f" all {POINTS:,} of the publication bring {TOTAL_T_YR:,.0f}.",
            source=request.path,
            field=EMISSION,
            remedy="Use the file as it was published, in tonnes a year.",
        )


def _place(lon: float, lat: float) -> str:
    return f"{abs(lat):.3f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.3f}° {'E' if lon >= 0 else 'W'}"


def _ids(mouths: pd.DataFrame) -> pd.Series:
    """Identifiers from positions, for the file has none; mouths at one place are told apart by their amounts."""
    places = [f"{lon:.5f},{lat:.5f}" for lon, lat in zip(mouths["lon"], mouths["lat"], strict=True)]
    where = pd.Series(places, index=mouths.index, dtype=object)
    ordered = mouths.assign(where=where).sort_values(["where", EMISSION])
    number = ordered.groupby("where").cumcount().reindex(mouths.index)
    names = [f"{place}-{count + 1}" if count else place for place, count in zip(where, number, strict=True)]
    return pd.Series(names, index=mouths.index, dtype=object)
