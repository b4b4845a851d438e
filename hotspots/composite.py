"""A composite of indicators over any table: percentiles of units, components, product, final percentile.

Source of the structure: OEHHA and CalEPA (2017), CalEnviroScreen 3.0, chapter "Method".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from hotspots.errors import InputError

Zeros = Literal["left_out", "ranked"]
Combination = Literal["product", "mean"]


@dataclass(frozen=True)
class IndicatorGroup:
    """Indicators whose percentiles are averaged; the mean enters its component with ``weight``."""

    title: str
    weight: float
    indicators: tuple[str, ...]
    """Names of the table's columns."""


@dataclass(frozen=True)
class Component:
    """The weighted mean of its groups; ``column`` is the name of the column that holds it."""

    column: str
    groups: tuple[IndicatorGroup, ...]


@dataclass(frozen=True)
class CompositeMethod:
    """How a table of indicators becomes one score.

    ``zeros`` says whether a value of 0 is left out of N and given the percentile 0, or ranked like any other. Each
    component is divided by its maximum and multiplied by ``scale``; ``combination`` of the scaled components is the
    score. Output columns: ``<indicator><percentile_suffix>``; ``<component>``, ``<component><score_suffix>`` and
    ``<component><percentile_suffix>``; ``score_column``; ``percentile_column``.
    """

    id: str
    title: str
    citation: str
    zeros: Zeros
    scale: float
    combination: Combination
    percentile_suffix: str
    score_suffix: str
    score_column: str
    percentile_column: str
    components: tuple[Component, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Columns the table must have."""
        return tuple(name for c in self.components for group in c.groups for name in group.indicators)


def composite(table: pd.DataFrame, method: CompositeMethod, source: str | Path | None = None) -> pd.DataFrame:
    """Score every unit of a table.

    Percentile = rank(max) / N × 100. A group is the mean of the percentiles a unit has, a component the weighted mean
    of the groups it has; a unit without one of the components has no score, and stays out of the final percentile.

    Parameters
    ----------
    table:
        One row a unit, with the indicators' columns; a missing value is empty or NaN.
    source:
        Name of the table for messages.

    Returns
    -------
    pandas.DataFrame
        ``table`` with the columns of `CompositeMethod` behind its own; columns of those names are replaced.

    Raises
    ------
    InputError
        If a column is missing or doubled, or holds something that is not a number of 0 or more.
    """
    where = source or f"table for {method.id}"
    values = {name: _indicator(table, name, where) for name in method.indicators}
    percentiles = {name: _percentile(column, method.zeros) for name, column in values.items()}
    added = {f"{name}{method.percentile_suffix}": column for name, column in percentiles.items()}
    scaled = []
    for component in method.components:
        raw = _component(component, percentiles)
        scaled.append(_scaled(raw, method.scale))
        added |= {
            component.column: raw,
            f"{component.column}{method.score_suffix}": scaled[-1],
            f"{component.column}{method.percentile_suffix}": _percentile(raw, method.zeros),
        }
    score = _combined(scaled, method.combination)
    added |= {method.score_column: score, method.percentile_column: _percentile(score, method.zeros)}
    kept = table.drop(columns=[name for name in added if name in table.columns])
    return pd.concat([kept, pd.DataFrame(added, index=table.index)], axis=1)


def _indicator(table: pd.DataFrame, name: str, source: str | Path) -> pd.Series:
    """The column ``name`` as finite numbers of 0 or more, NaN where missing."""
    columns = [str(column) for column in table.columns]
    if columns.count(name) != 1:
        problem = "the column stands more than once." if name in columns else "the column is missing."
        raise InputError(problem, source=source, field=name, remedy=_rename(name, columns))
    given = table[name]
    numbers = pd.to_numeric(given, errors="coerce").astype(float)
    text = given.astype("string").str.strip()
    bad = (numbers.isna() & given.notna() & (text != "")) | (numbers < 0) | np.isinf(numbers)
    if bad.any():
        raise InputError(
            f"{given[bad].iloc[0]!r} is not a number of 0 or more ({int(bad.sum())} such values).",
            source=source,
            field=name,
            remedy="Leave missing values empty; codes such as -999 are not read as missing.",
        )
    return numbers


def _rename(name: str, columns: Sequence[str]) -> str:
    folded = {column.strip().casefold(): column for column in columns}
    near = [folded[match] for match in get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.5)]
    if near:
        return f"Similar columns: {', '.join(map(repr, near))}; rename the right one to {name!r}."
    return f"Add a column {name!r}. Columns there: {', '.join(map(repr, columns))}."


def _percentile(values: pd.Series, zeros: Zeros) -> pd.Series:
    """rank(max) / N × 100 over the units that have a value; see `CompositeMethod` for ``zeros``."""
    ranked = values.where(values > 0) if zeros == "left_out" else values
    percentile = ranked.rank(method="max") / max(ranked.count(), 1) * 100
    return percentile.where((values != 0) | ranked.notna(), 0.0)


def _component(component: Component, percentiles: dict[str, pd.Series]) -> pd.Series:
    """The weighted mean of the means of the groups; what a unit does not have leaves both sums."""
    means = pd.concat(
        [pd.concat([percentiles[n] for n in g.indicators], axis=1).mean(axis=1) for g in component.groups], axis=1
    )
    weights = np.array([group.weight for group in component.groups])
    present = means.notna().to_numpy() * weights
    total = pd.Series(present.sum(axis=1), index=means.index)
    return (means.fillna(0.0) * weights).sum(axis=1) / total.where(total > 0)


def _scaled(raw: pd.Series, scale: float) -> pd.Series:
    """``raw`` divided by its maximum, times ``scale``; 0 throughout where the maximum is 0."""
    largest = raw.max()
    return raw / largest * scale if largest > 0 else raw


def _combined(scaled: Sequence[pd.Series], combination: Combination) -> pd.Series:
    if combination == "product":
        return reduce(lambda left, right: left * right, scaled)
    return reduce(lambda left, right: left + right, scaled) / len(scaled)


def parts(scored: pd.DataFrame, method: CompositeMethod, component: str) -> pd.DataFrame:
    """What each indicator adds to a component of a scored table; a row sums to the component.

    Parameters
    ----------
    scored:
        What `composite` returned.
    component:
        The column of the component.
    """
    chosen = next(c for c in method.components if c.column == component)
    return pd.DataFrame(dict(_shares(scored, method, chosen)), index=scored.index)


def _shares(scored: pd.DataFrame, method: CompositeMethod, component: Component) -> Iterator[tuple[str, pd.Series]]:
    groups = {
        group: scored[[f"{name}{method.percentile_suffix}" for name in group.indicators]] for group in component.groups
    }
    total = sum(frame.notna().any(axis=1) * group.weight for group, frame in groups.items())
    for group, frame in groups.items():
        known = frame.notna().sum(axis=1)
        for name in group.indicators:
            yield name, frame[f"{name}{method.percentile_suffix}"] * group.weight / (known * total)
