"""What the Monte Carlo of an assessment acts on, from its attribution and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.evidence import Evidence, de_minimis
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.method import Method, RankRule, ScoringMethod
from hotspots.pressures import Pressures
from hotspots.receptors import KEYS, Detail
from hotspots.uncertainty.multipliers import multipliers
from hotspots.uncertainty.ranks import without_interval
from hotspots.uncertainty.response import response
from hotspots.uncertainty.simulation import Caused, Drawn, Zones, simulate
from hotspots.vulnerability import Vulnerability

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

DRAWN_RULES: frozenset[RankRule] = frozenset({"priority_people", "severity"})
"""Ranking rules whose value follows from people's exposure, which is what the attribution knows."""


@dataclass(frozen=True)
class RankedHotspots:
    """Hotspots that are ranked among each other: their cells, their numbers in the attribution and their ids."""

    coverage: Coverage
    numbers: IntArray
    ids: Sequence[str]


@dataclass(frozen=True)
class RankUncertainty:
    """Rank intervals in the columns of `hotspots.uncertainty.ranks.COLUMNS`, by hotspot_id, unit_id and source_id.

    Hotspots have none where the ranking rule is not one of DRAWN_RULES.
    """

    hotspots: pd.DataFrame
    units: pd.DataFrame
    sources: pd.DataFrame


def rank_uncertainty(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    evidence: Evidence,
    detail: Detail,
    hotspots: Sequence[RankedHotspots],
    units: Coverage,
) -> RankUncertainty:
    """Rank intervals of hotspots, administrative units and sources."""
    contributions = _Contributions.of(detail, tuple(evidence.percentiles))
    rule = method.hotspots.rank_rule
    people = np.where(evidence.assessed, inputs.people, np.nan)
    fields = {
        name: np.where(np.isnan(percentile), np.nan, pressures.by_dimension[name])
        for name, percentile in evidence.percentiles.items()
    }

    floors = {name: de_minimis(name, method.scoring.de_minimis_share) for name in fields}

    slope, constant = _priority_line(method.scoring, evidence.vulnerability)

    def zones(coverage: Coverage, caused: Caused, ranked_by: RankRule) -> Zones:
        value = coverage.sum(people * evidence.priority / 100)
        if ranked_by == "severity":
            value = coverage.weighted_mean(evidence.priority, people)
        curves = response(fields, floors, people, people * slope, coverage, evidence.assessed)
        return Zones(value, caused, curves, coverage.sum(people * constant))

    at_units = contributions.caused(detail.units, detail.units["unit"].to_numpy(), units.zones)
    sets = [zones(units, at_units, "priority_people")]
    for item in hotspots if rule in DRAWN_RULES else ():
        own = detail.hotspots[detail.hotspots["hotspot"].isin(item.numbers)]
        row = np.searchsorted(item.numbers, own["hotspot"].to_numpy())
        sets.append(zones(item.coverage, contributions.caused(own, row, item.coverage.zones), rule))
    everyone = detail.everyone
    drawn = Drawn(
        multipliers(inputs, method.uncertainty, contributions.keys),
        {name: weight for name, weight in method.scoring.dimension_weights if name in evidence.percentiles},
        contributions.caused(everyone, np.zeros(len(everyone), dtype=np.int64), 1),
    )
    ids = pd.Index(np.sort(inputs.sources["source_id"].to_numpy(dtype=str)))
    by_source = everyone[everyone["contributor_id"].isin(ids)]
    removed = contributions.caused(by_source, ids.get_indexer(pd.Index(by_source["contributor_id"])), len(ids))
    (unit_ranks, *hotspot_ranks), source_ranks = simulate(drawn, sets, removed, method.uncertainty)
    if not drawn_priority(method.scoring, evidence.vulnerability):
        unit_ranks = without_interval(units.zones)
        hotspot_ranks = [without_interval(item.coverage.zones) for item in hotspots]
    if rule not in DRAWN_RULES:
        hotspot_ranks = [without_interval(item.coverage.zones) for item in hotspots]
    return RankUncertainty(
        hotspots=pd.concat(hotspot_ranks).set_axis([name for item in hotspots for name in item.ids]),
        units=unit_ranks.set_axis(inputs.units["unit_id"]),
        sources=source_ranks.set_axis(ids),
    )


def drawn_priority(scoring: ScoringMethod, people: Vulnerability) -> bool:
    """Whether priority is linear in burden, which is what a draw changes; the geometric mean is not."""
    return people.score is None or scoring.priority_rule != "geometric"


def _priority_line(scoring: ScoringMethod, people: Vulnerability) -> tuple[FloatArray | float, FloatArray | float]:
    """``slope`` and ``constant`` of priority / 100 = slope · B / 10 + constant, for the vulnerability as published."""
    if people.score is None or not drawn_priority(scoring, people):
        return 1.0, 0.0
    if scoring.priority_rule == "product":
        return people.score / 10, 0.0
    # The sum, which is known only where the vulnerability is.
    return np.where(np.isnan(people.score), np.nan, 0.5), people.score / 20


@dataclass(frozen=True)
class _Contributions:
    """Every contribution of an attribution in the order of ``keys`` (contributor_id, dimension, pollutant)."""

    keys: pd.DataFrame
    dimensions: tuple[str, ...]

    @classmethod
    def of(cls, detail: Detail, dimensions: tuple[str, ...]) -> _Contributions:
        keys = pd.concat([table[KEYS] for table in (detail.hotspots, detail.units, detail.everyone)]).drop_duplicates()
        return cls(keys.sort_values(KEYS, ignore_index=True), dimensions)

    def caused(self, table: pd.DataFrame, row: npt.NDArray[np.integer], rows: int) -> Caused:
        """``table`` as matrices (rows, contributions) by dimension."""
        column = pd.MultiIndex.from_frame(self.keys).get_indexer(pd.MultiIndex.from_frame(table[KEYS]))
        exposure, dimension = table["exposure"].to_numpy(dtype=float), table["dimension"].to_numpy()
        shape = (rows, len(self.keys))
        return {
            name: sparse.csr_array((exposure[of], (row[of], column[of])), shape=shape)
            for name in self.dimensions
            for of in (dimension == name,)
        }
