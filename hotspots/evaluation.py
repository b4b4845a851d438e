"""Modelled totals held against what monitors measured, where the two are comparable.

Statistics: Chang, J. C., Hanna, S. R. (2004). Air quality model performance evaluation. *Meteorol. Atmos. Phys.* 87,
167-196 (normalised mean bias, FAC2); Spearman's rank correlation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.grid import AnalysisGrid
from hotspots.pollutants import Pollutant

FloatArray = npt.NDArray[np.float64]

AIR = "air"
ANNUAL_DAYS = 330
"""A period of at least so many days stands for a year."""
MIN_COVERAGE = 0.75
"""Share of the period that must have been measured (the data capture that the WHO and EPA ask of annual means)."""
FEWEST_TO_RANK = 3


@dataclass(frozen=True)
class Skill:
    """How well ``n`` modelled values meet the observed ones.

    ``nmb`` is the normalised mean bias (ΣM - ΣO) / ΣO, ``fac2`` the share with O/2 ≤ M ≤ 2 O, ``spearman`` the rank
    correlation; NaN where it is not defined.
    """

    n: int
    mean_modelled: float
    mean_observed: float
    nmb: float
    fac2: float
    spearman: float


@dataclass(frozen=True)
class Evaluation:
    """One pollutant: how many monitors there are, how well the model meets them, or why it is not compared.

    ``skill`` is None where nothing is comparable; ``reason`` says so in words, and which monitors are left out.
    """

    pollutant: str
    monitors: int
    start: pd.Timestamp
    end: pd.Timestamp
    skill: Skill | None
    reason: str


def skill(modelled: FloatArray, observed: FloatArray) -> Skill:
    """The statistics of equal-length arrays without NaN, in the same unit, of at least one value."""
    total = observed.sum()
    within = (modelled >= observed / 2) & (modelled <= 2 * observed)
    ranked = len(modelled) >= FEWEST_TO_RANK and np.ptp(modelled) > 0 and np.ptp(observed) > 0
    return Skill(
        n=len(modelled),
        mean_modelled=float(modelled.mean()),
        mean_observed=float(observed.mean()),
        nmb=float((modelled.sum() - total) / total) if total > 0 else np.nan,
        fac2=float(within.mean()),
        spearman=_spearman(modelled, observed) if ranked else np.nan,
    )


def evaluate(
    observations: gpd.GeoDataFrame | None,
    ambient: Mapping[str, FloatArray],
    grid: AnalysisGrid,
    pollutants: Mapping[str, Pollutant],
) -> tuple[Evaluation, ...]:
    """Every pollutant that monitors of air measured, by its id.

    Comparable are a modelled annual *total* and a mean over at least ANNUAL_DAYS of which MIN_COVERAGE was measured. An
    increment is never held against a monitor, which measures everything.

    Parameters
    ----------
    ambient:
        Modelled or given annual totals in µg/m³ by pollutant, (rows, cols).
    """
    if observations is None:
        return ()
    in_air = observations[observations["medium"] == AIR]
    return tuple(
        _evaluated(str(name), monitors, ambient.get(str(name)), grid, pollutants)
        for name, monitors in in_air.groupby("pollutant")
    )


def annual(observations: pd.DataFrame) -> pd.Series:
    """Which observations stand for a year: long enough, and measured for enough of it."""
    days = (observations["period_end"] - observations["period_start"]).dt.days + 1
    return (days >= ANNUAL_DAYS) & (observations["coverage"] >= MIN_COVERAGE)


def _evaluated(
    name: str,
    monitors: gpd.GeoDataFrame,
    total: FloatArray | None,
    grid: AnalysisGrid,
    pollutants: Mapping[str, Pollutant],
) -> Evaluation:
    start, end = monitors["period_start"].min(), monitors["period_end"].max()
    about = f"{len(monitors)} monitors of {pollutants[name].name}, {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    whole_year = annual(monitors)
    modelled = np.full(len(monitors), np.nan) if total is None else _at(total, grid, monitors)
    comparable = whole_year.to_numpy() & ~np.isnan(modelled)
    if not comparable.any():
        why = "; ".join(_why_not(monitors, whole_year, total))
        return Evaluation(name, len(monitors), start, end, None, f"not comparable: {about}: {why}; no skill figure")
    found = skill(modelled[comparable], monitors["value"].to_numpy()[comparable])
    left_out = len(monitors) - found.n
    said = f"{about}: n = {found.n}, NMB {found.nmb:+.0%}, FAC2 {found.fac2:.2f}, Spearman {_figure(found.spearman)}"
    if left_out:
        said += f"; {left_out} not comparable (shorter than a year, too little measured, or outside the modelled cells)"
    return Evaluation(name, len(monitors), start, end, found, said)


def _why_not(monitors: gpd.GeoDataFrame, whole_year: pd.Series, total: FloatArray | None) -> Iterator[str]:
    days = ((monitors["period_end"] - monitors["period_start"]).dt.days + 1).max()
    if days < ANNUAL_DAYS:
        yield f"{days} days against annual means"
    elif not whole_year.any():
        yield f"less than {MIN_COVERAGE:.0%} of the period was measured"
    if total is None:
        yield "monitors measure ambient totals, the model gives increments"
    elif whole_year.any():
        yield "no total is known where they stand"


def _at(field: FloatArray, grid: AnalysisGrid, points: gpd.GeoDataFrame) -> FloatArray:
    """The value of the cell each point lies in; NaN outside the grid."""
    rows, cols = grid.cell_of(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    return np.where(rows >= 0, field[rows, cols], np.nan)


def _spearman(first: FloatArray, second: FloatArray) -> float:
    """Pearson's correlation of the ranks; ties share their mean rank."""
    return float(pd.Series(first).rank().corr(pd.Series(second).rank()))


def _figure(value: float) -> str:
    return "not defined" if np.isnan(value) else f"{value:.2f}"
