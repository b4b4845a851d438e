"""From checked rows to sources and releases; shared by every adapter that reads facilities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from config.factor_file import PowerPlantFactors
from data_pipelines.contract import Facilities, Read, ReadRequest
from data_pipelines.files import ROW
from data_pipelines.ledger import Ledger
from data_pipelines.validation import BORDER_TOLERANCE_KM, check_countries, check_outliers
from hotspots.schemas import RELEASES, SOURCES, checked

UNKNOWN_COUNTRY = "ZZZ"
"""The user-assigned code of ISO 3166 for a country that is not known."""
NOT_OPERATING = ("closed", "suspended")
STACK_COLUMNS = ("stack_height_m", "stack_diameter_m", "exit_velocity_m_s", "exit_temperature_k")
CANDIDATE_COLUMNS = (
    "native_id",
    "name",
    "sector",
    "kind",
    "fuel",
    "capacity_mw",
    "power_plant",
    "country",
    "position_accuracy_m",
    *STACK_COLUMNS,
    "status",
    "year",
    "lon",
    "lat",
    ROW,
)
"""A candidate is a row with all its values typed.

``country`` is empty where the table names none; ``fuel`` is empty and ``capacity_mw`` NaN where not stated;
what is not known of a stack is NaN; ``power_plant`` says whether its releases follow from fuel and capacity."""


@dataclass(frozen=True)
class Reported:
    """Releases a table states itself: ``release_kg_yr`` by row number, one column of the file each."""

    pollutant: str
    medium: str
    method: str
    quality: str
    release_kg_yr: pd.Series


def finish(
    request: ReadRequest, ledger: Ledger, candidates: pd.DataFrame, reported: Iterable[Reported], quality: str
) -> Read[Facilities]:
    """Sources and releases of the candidates that are left.

    Non-emitting power plants count as used and are no sources. ``quality`` is the grade of a source without releases.

    Raises
    ------
    InputError
        If the result does not follow the canonical schemas.
    """
    candidates = _with_countries(request, ledger, candidates)
    kept = ledger.kept(candidates)
    check_outliers(ledger, kept[ROW], kept["capacity_mw"].to_numpy(), kept["fuel"].str.lower(), "capacity_mw")
    kept = _without_non_emitting(ledger, kept, request.reference.plants)
    operating = ~kept["status"].isin(NOT_OPERATING)
    ledger.flag(kept[ROW][~operating], "NOT_OPERATING", kept["status"][~operating])
    releases = pd.concat(
        [
            _plant_releases(ledger, kept[kept["power_plant"] & operating], request.reference.plants),
            *(_reported_releases(ledger, kept, item) for item in reported),
        ],
        ignore_index=True,
    )
    released_to_air = releases["medium"] == "air"
    releases = releases[~(released_to_air & releases[ROW].isin(kept[ROW][~operating]))]
    known = kept[ROW].isin(releases[ROW]) | ~operating
    silent = ~known & ~kept["power_plant"]
    ledger.flag(kept[ROW][silent], "RELEASES_UNKNOWN", kept["kind"][silent])
    sources = _sources(request, kept, known, _grades(kept, releases, quality))
    path = str(next(iter(request.files.values())))
    return Read(
        Facilities(checked(SOURCES, sources, path), checked(RELEASES, _released(request, kept, releases), path)),
        (ledger.close(),),
    )


def served_share(facilities: Facilities, people: npt.NDArray[np.float64]) -> float:
    """The share of the region's ``people`` (rows, cols) whose wastewater the region's own operating sources release.

    At most 1: plants serve guests and industry too, counted as people.
    """
    own = facilities.sources[~facilities.sources["transboundary"] & (facilities.sources["status"] == "operating")]
    served = sum(facilities.people_served.get(name, 0.0) for name in own["source_id"])
    return min(1.0, served / float(np.nansum(people)))


def no_facilities() -> Facilities:
    """The tables of a region without any facility dataset."""
    sources = pd.DataFrame({name: pd.Series(dtype=_dtype(SOURCES, name)) for name in SOURCES.columns})
    releases = pd.DataFrame({name: pd.Series(dtype=_dtype(RELEASES, name)) for name in RELEASES.columns})
    return Facilities(gpd.GeoDataFrame(sources, geometry="geometry", crs="OGC:CRS84"), releases)


def _dtype(schema: pa.DataFrameSchema, column: str) -> str:
    return str(schema.columns[column].dtype)


def _with_countries(request: ReadRequest, ledger: Ledger, candidates: pd.DataFrame) -> pd.DataFrame:
    """Every country given: rows that name none get that of the unit they lie in or next to, else the unknown one."""
    named = candidates["country"] != ""
    bad = named & ~candidates["country"].str.fullmatch("[A-Z]{3}")
    ledger.quarantine(candidates[ROW][bad], "COUNTRY_UNKNOWN", candidates["country"][bad])
    if request.area is None:
        country = candidates["country"].where(named, UNKNOWN_COUNTRY)
        return candidates.assign(country=country, transboundary=False)
    check_countries(ledger, candidates[named], request.area)
    beyond = _beyond(request, ledger, candidates)
    country = candidates["country"].where(named, UNKNOWN_COUNTRY)
    within = ledger.kept(candidates[~named & ~beyond])
    found = request.area.countries_at(within["lon"].to_numpy(), within["lat"].to_numpy())
    country[within.index] = np.where(found == "", UNKNOWN_COUNTRY, found)
    foreign = named & ~country.isin(request.area.countries)
    trust_position = ~named | (not request.area.whole_countries)
    return candidates.assign(country=country, transboundary=foreign | (trust_position & beyond))


def _beyond(request: ReadRequest, ledger: Ledger, candidates: pd.DataFrame) -> pd.Series:
    """Which candidates lie outside all units, by more than their accuracy and the tolerance of outlines."""
    kept = ledger.kept(candidates)
    beyond = pd.Series(False, index=candidates.index)
    if request.area is not None and len(kept):
        distance_km = request.area.distance_km(kept["lon"].to_numpy(), kept["lat"].to_numpy())
        beyond[kept.index] = distance_km > BORDER_TOLERANCE_KM + kept["position_accuracy_m"] / 1000
    return beyond


def _without_non_emitting(ledger: Ledger, kept: pd.DataFrame, plants: PowerPlantFactors) -> pd.DataFrame:
    clean = kept["power_plant"] & kept["fuel"].map(plants.emits_nothing).astype(bool)
    ledger.flag(kept[ROW][clean], "NON_EMITTING", kept["fuel"][clean])
    return kept[~clean]


def _plant_releases(ledger: Ledger, plants: pd.DataFrame, factors: PowerPlantFactors) -> pd.DataFrame:
    """Releases from fuel and capacity; a plant without a known fuel or a capacity is flagged and not assessed."""
    unknown = plants["fuel"].map(factors.fuel).isna()
    ledger.flag(plants[ROW][unknown], "FUEL_UNKNOWN", plants["fuel"][unknown])
    unsized = ~unknown & plants["capacity_mw"].isna()
    ledger.flag(plants[ROW][unsized], "CAPACITY_MISSING")
    found: list[tuple[object, ...]] = []
    sized = plants[~unknown & ~unsized]
    for row, name, capacity_mw in zip(sized[ROW], sized["fuel"], sized["capacity_mw"], strict=True):
        fuel = factors.fuel(name)
        if fuel is not None:
            found += [
                (row, pollutant, "air", amount, "E", factors.quality)
                for pollutant, amount in fuel.releases_kg_yr(capacity_mw).items()
            ]
    return _release_frame(found)


def _reported_releases(ledger: Ledger, kept: pd.DataFrame, reported: Reported) -> pd.DataFrame:
    amounts = reported.release_kg_yr.reindex(kept[ROW])
    check_outliers(
        ledger,
        kept[ROW],
        amounts.to_numpy(),
        kept["sector"],
        f"{reported.pollutant} to {reported.medium}",
    )
    stated = amounts.dropna()
    return _release_frame(
        [
            (row, reported.pollutant, reported.medium, amount, reported.method, reported.quality)
            for row, amount in stated.items()
        ]
    )


def _release_frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    columns = [ROW, "pollutant", "medium", "release_kg_yr", "method", "quality"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({ROW: int, "release_kg_yr": float, **dict.fromkeys(columns[1:3] + columns[4:], "str")})


def _grades(kept: pd.DataFrame, releases: pd.DataFrame, quality: str) -> pd.Series:
    """The grade of each source: the worst of its releases."""
    worst = releases.groupby(ROW)["quality"].max().to_dict()
    return kept[ROW].map(lambda row: worst.get(row, quality))


def _source_ids(request: ReadRequest, table: pd.DataFrame) -> pd.Series:
    return (request.ref.id + ":" + table["native_id"]).astype("str")


def _sources(
    request: ReadRequest, kept: pd.DataFrame, known: npt.NDArray[np.bool_] | pd.Series, grades: pd.Series
) -> gpd.GeoDataFrame:
    sectors = request.reference.sectors
    text = {name: kept[name].astype("str") for name in ("name", "sector", "kind", "country", "status")}
    sources = gpd.GeoDataFrame(
        {
            "source_id": _source_ids(request, kept),
            **text,
            "position_accuracy_m": kept["position_accuracy_m"].astype(float),
            **{name: kept[name].astype(float) for name in STACK_COLUMNS},
            "transboundary": kept["transboundary"].astype(bool),
            "land_weight": kept["sector"].map(lambda sector: sectors[sector].land_weight).astype(float),
            "year": kept["year"].astype("Int64"),
            "datasets": pd.Series(request.ref.id, index=kept.index, dtype="str"),
            "quality": grades.astype("str"),
            "releases_assessed": known.astype(bool),
        },
        geometry=gpd.points_from_xy(kept["lon"], kept["lat"]),
        crs="OGC:CRS84",
    )
    return sources.sort_values("source_id", ignore_index=True)[list(SOURCES.columns)]


def _released(request: ReadRequest, kept: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Releases in the canonical columns; the year of a row, else the dataset's."""
    rows = kept.set_index(ROW).loc[releases[ROW]]
    year = rows["year"].astype("Int64")
    table = pd.DataFrame(
        {
            "source_id": _source_ids(request, rows).to_numpy(),
            "pollutant": releases["pollutant"].to_numpy(),
            "medium": releases["medium"].to_numpy(),
            "release_kg_yr": releases["release_kg_yr"].to_numpy(dtype=float),
            "year": (year if request.ref.year is None else year.fillna(request.ref.year)).to_numpy(),
            "method": releases["method"].to_numpy(),
            "quality": releases["quality"].to_numpy(),
            "dataset": request.ref.id,
            "record_id": rows["native_id"].to_numpy(),
        }
    )
    text = ["source_id", "pollutant", "medium", "method", "quality", "dataset", "record_id"]
    table = table.astype({**dict.fromkeys(text, "str"), "year": "Int64"})
    return table.sort_values(["source_id", "pollutant", "medium"], ignore_index=True)
