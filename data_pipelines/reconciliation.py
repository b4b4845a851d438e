"""The same facility in several inventories: counted once, citing all of them.

Two records of different datasets are the same facility if they are of one sector, not further apart than `NEAR_M` and
the accuracy of both positions (`FAR_M` at most), and their names are alike by `ALIKE`. All three are choices of this
project. The best pairs are joined first; no facility ever takes two records of one dataset. What is left apart although
it fits is told, as is every amount that was not taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod
from rapidfuzz.distance import Levenshtein
from scipy.spatial import cKDTree

from data_pipelines.contract import Facilities
from data_pipelines.facilities import NOT_OPERATING, STACK_COLUMNS
from hotspots.inputs import Inputs
from hotspots.quality import FacilityMatch, NotTaken

NEAR_M = 500.0
FAR_M = 5_000.0
ALIKE = 80.0
"""Per cent of the words of the shorter name that the other has, too."""
SAME_WORD = 0.9
"""Of 1, one less the edits (Levenshtein) by letter: one letter of ten may differ, so that Westend is not Eastend."""
NOT_TAKEN = [field.name for field in fields(NotTaken)]
TRUST = {"M": 0, "C": 1, "E": 2}
"""Measured before calculated before estimated."""

_GEOD = Geod(ellps="WGS84")
_EARTH_M = 6_400_000.0
"""More than any radius of the Earth, so that no pair is missed by the search on a sphere."""
_SAYS_NOTHING = frozenset(
    {"ag", "and", "co", "company", "corp", "corporation", "de", "facility", "factory", "gmbh", "group", "inc", "kg"}
    | {"kraftwerk", "la", "le", "limited", "llc", "ltd", "mill", "of", "plant", "power", "sa", "sarl", "site", "srl"}
    | {"station", "the", "usine", "werk", "works"}
)


@dataclass(frozen=True)
class Reconciled:
    """Facilities of all datasets together, and what was decided."""

    facilities: Facilities
    matches: tuple[FacilityMatch, ...]
    left_apart: tuple[tuple[str, str], ...]
    """Pairs that fit and were not joined, because one of them had a better partner."""


@dataclass(frozen=True)
class _Pair:
    """Positions of two records in the table, in the order of their ids."""

    first: int
    second: int
    distance_m: float
    name_similarity: float


def reconciled(inputs: Inputs) -> Inputs:
    """``inputs`` with each facility once, and what was decided in their quality report.

    Only records at their own position are compared: one that the policy generalises or aggregates stays as it is, lest
    the edition tell more of it.
    """
    coarse = inputs.sources["source_id"].isin(list(inputs.applied.positions)).to_numpy()
    theirs = inputs.releases["source_id"].isin(inputs.sources.loc[coarse, "source_id"])
    found = reconcile(inputs.sources[~coarse], inputs.releases[~theirs])
    sources = pd.concat([found.facilities.sources, inputs.sources[coarse]], ignore_index=True)
    releases = pd.concat([found.facilities.releases, inputs.releases[theirs]], ignore_index=True)
    return replace(
        inputs,
        sources=sources.sort_values("source_id", ignore_index=True),
        releases=releases.sort_values(["source_id", "pollutant", "medium"], ignore_index=True),
        quality=replace(inputs.quality, matches=found.matches, left_apart=found.left_apart),
    )


def reconcile(sources: gpd.GeoDataFrame, releases: pd.DataFrame) -> Reconciled:
    """``sources`` and ``releases`` of all datasets in the canonical schemas, each facility once.

    A joined facility has the identifier, name and sector of its record of the best grade, then the most accurate
    position; the most accurate position of all; the stack of which most is known; the newest status. Of each pollutant
    and medium one amount is taken, by method, grade and year: amounts of different inventories are never added up.
    The order of rows and datasets changes nothing.
    """
    ordered = sources.sort_values("source_id", ignore_index=True)
    pairs = sorted(_pairs(ordered), key=lambda pair: (-pair.name_similarity, pair.distance_m, pair.first, pair.second))
    groups, apart = _joined(ordered, pairs)
    dropped = {str(ordered["source_id"].iloc[member]) for members, _ in groups for member in members}
    by_source = dict(tuple(releases[releases["source_id"].isin(dropped)].groupby("source_id")))
    changed: list[pd.DataFrame] = []
    taken: list[pd.DataFrame] = []
    matches: list[FacilityMatch] = []
    for members, held_by in groups:
        rows = ordered.iloc[members].sort_values(["quality", "position_accuracy_m", "source_id"])
        ids = list(rows["source_id"])
        stated = pd.concat([by_source.get(name, releases.iloc[:0]) for name in ids], ignore_index=True)
        status = _status(rows)
        chosen, left = _one_amount_each(stated, status)
        taken.append(chosen.assign(source_id=ids[0]))
        changed.append(_one_record(rows, chosen, status))
        matches.append(_match(ordered, rows, held_by, left))
    kept = ordered[~ordered["source_id"].isin(dropped)]
    others = releases[~releases["source_id"].isin(dropped)]
    one = pd.concat([kept, *changed], ignore_index=True).sort_values("source_id", ignore_index=True)
    amounts = pd.concat([others, *taken], ignore_index=True)
    amounts = amounts.sort_values(["source_id", "pollutant", "medium"], ignore_index=True)[list(releases.columns)]
    matches.sort(key=lambda match: match.kept)
    return Reconciled(Facilities(one.astype(sources.dtypes), amounts), tuple(matches), _named(ordered, apart))


def alike(first: str, second: str) -> float:
    """Per cent of the words of the shorter name that the other has, without accents, case and words of any name."""
    one, other = _words(first), _words(second)
    if not one or not other:
        return 0.0
    shared = min(_found(one, other), _found(other, one))
    return 100.0 * shared / min(len(one), len(other))


def _found(words: list[str], among: list[str]) -> int:
    """How many of ``words`` have their like."""
    return sum(any(Levenshtein.normalized_similarity(word, like) >= SAME_WORD for like in among) for word in words)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return sorted(set(words) - _SAYS_NOTHING)


def _pairs(ordered: gpd.GeoDataFrame) -> Iterable[_Pair]:
    """All records of different datasets that fit each other."""
    if ordered["datasets"].nunique() < 2:
        return
    lon, lat = ordered.geometry.x.to_numpy(), ordered.geometry.y.to_numpy()
    near = cKDTree(_on_sphere(lon, lat)).query_pairs(FAR_M / _EARTH_M * 1.02, output_type="ndarray")
    first, second = np.sort(near, axis=1).T if len(near) else np.empty((2, 0), dtype=int)
    _, _, distance_m = _GEOD.inv(lon[first], lat[first], lon[second], lat[second])
    dataset, sector = ordered["datasets"].to_numpy(), ordered["sector"].to_numpy()
    accuracy_m = ordered["position_accuracy_m"].to_numpy()
    allowed_m = np.minimum(NEAR_M + accuracy_m[first] + accuracy_m[second], FAR_M)
    fits = (dataset[first] != dataset[second]) & (sector[first] == sector[second]) & (distance_m <= allowed_m)
    names = ordered["name"].to_numpy()
    for one, other, apart_m in zip(first[fits], second[fits], distance_m[fits], strict=True):
        similarity = alike(names[one], names[other])
        if similarity >= ALIKE:
            yield _Pair(int(one), int(other), float(apart_m), similarity)


def _on_sphere(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Points (n, 3) of length 1."""
    east, north = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _joined(ordered: gpd.GeoDataFrame, pairs: list[_Pair]) -> tuple[list[tuple[list[int], list[_Pair]]], list[_Pair]]:
    """Groups of records with the pairs that hold them together, and the pairs that would bring two of one dataset."""
    dataset = ordered["datasets"].to_numpy()
    group: dict[int, list[int]] = {}
    holds: dict[int, list[_Pair]] = {}
    apart = []
    for pair in pairs:
        one, other = group.get(pair.first, [pair.first]), group.get(pair.second, [pair.second])
        if one is other:
            continue
        if {dataset[member] for member in one} & {dataset[member] for member in other}:
            apart.append(pair)
            continue
        together = sorted([*one, *other])
        held_by = [*holds.get(one[0], []), *holds.get(other[0], []), pair]
        for member in together:
            group[member], holds[member] = together, held_by
    firsts = sorted({members[0] for members in group.values()})
    return [(group[first], holds[first]) for first in firsts], apart


def _status(rows: gpd.GeoDataFrame) -> str:
    """The status of the newest record; of several, that of the best."""
    year = rows["year"].fillna(0).to_numpy(dtype=int)
    return str(rows["status"].iloc[int(np.argmax(year))])


def _one_amount_each(stated: pd.DataFrame, status: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The amount taken of each pollutant and medium, and those that are not."""
    ordered = stated.assign(_trust=stated["method"].map(TRUST), _age=-stated["year"].fillna(0).astype(int)).sort_values(
        ["pollutant", "medium", "_trust", "quality", "_age", "dataset", "record_id"], ignore_index=True
    )
    first = ~ordered.duplicated(["pollutant", "medium"])
    if status in NOT_OPERATING:
        first &= ordered["medium"] != "air"
    plain = ordered.drop(columns=["_trust", "_age"])
    return plain[first], plain[~first]


def _one_record(rows: gpd.GeoDataFrame, chosen: pd.DataFrame, status: str) -> gpd.GeoDataFrame:
    """The record of a joined facility."""
    one = rows.iloc[[0]].copy()
    placed = rows.sort_values(["position_accuracy_m", "source_id"]).iloc[0]
    known = rows[list(STACK_COLUMNS)].notna().sum(axis=1).to_numpy()
    stack = rows.iloc[int(np.argmax(known))]
    one["geometry"] = gpd.GeoSeries([placed["geometry"]], index=one.index, crs=rows.crs)
    one["position_accuracy_m"] = placed["position_accuracy_m"]
    for column in STACK_COLUMNS:
        one[column] = stack[column]
    one["status"] = status
    one["datasets"] = ",".join(sorted(rows["datasets"]))
    one["quality"] = chosen["quality"].max() if len(chosen) else one["quality"]
    one["releases_assessed"] = bool(rows["releases_assessed"].any())
    return one


def _match(
    ordered: gpd.GeoDataFrame, rows: gpd.GeoDataFrame, held_by: list[_Pair], left: pd.DataFrame
) -> FacilityMatch:
    names = ordered["source_id"].to_numpy()
    return FacilityMatch(
        kept=str(rows["source_id"].iloc[0]),
        joined=tuple(sorted(str(name) for name in rows["source_id"].iloc[1:])),
        datasets=tuple(sorted(rows["datasets"])),
        sector=str(rows["sector"].iloc[0]),
        names=tuple(rows["name"]),
        pairs=tuple(
            (str(names[pair.first]), str(names[pair.second]), round(pair.distance_m, 1), round(pair.name_similarity, 1))
            for pair in held_by
        ),
        not_taken=tuple(
            NotTaken(*amount)
            for amount in left.sort_values(["pollutant", "medium", "dataset"])[NOT_TAKEN].to_numpy().tolist()
        ),
    )


def _named(ordered: gpd.GeoDataFrame, pairs: list[_Pair]) -> tuple[tuple[str, str], ...]:
    names = ordered["source_id"].to_numpy()
    return tuple(sorted((str(names[pair.first]), str(names[pair.second])) for pair in pairs))
