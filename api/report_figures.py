"""Tables of the report whose printed parts add up to their printed totals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotspots.editions.manifest import PeopleTotals

Row = Mapping[str, Any]
MOST_UNITS = 40
"""Units that a table names; the others are one row."""


@dataclass(frozen=True)
class Part:
    """One row of a breakdown; ``people`` is None where the figure is not published."""

    name: str
    people: int | None
    count: int = 1


@dataclass(frozen=True)
class Breakdown:
    """``parts`` by name, then what is in none of them: ``people`` of all rows and of ``rest`` add up to ``total``.

    ``others`` are rows that are not named, ``None`` where all are.
    """

    parts: tuple[Part, ...]
    others: Part | None
    rest: int
    total: int

    @property
    def inside(self) -> int:
        """People of all parts, named and not."""
        return self.total - self.rest

    @property
    def hidden(self) -> bool:
        """Whether a part's figure is not published, so that ``rest`` holds its people."""
        return any(part.people is None for part in self.parts)


def apportioned(values: Sequence[float], total: int) -> list[int]:
    """Whole numbers next to ``values`` that add up to ``total``, by largest remainder.

    ``total`` is the rounded sum of ``values``: each result is its value rounded down or up.
    """
    floors = [math.floor(value) for value in values]
    spare = total - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda i: floors[i] - values[i])
    for i in by_remainder[:spare]:
        floors[i] += 1
    return floors


def breakdown(named: Iterable[Row], others: Iterable[Row], totals: PeopleTotals) -> Breakdown:
    """People of features that do not overlap, each of ``named`` by its name, of ``others`` together, and elsewhere.

    Parameters
    ----------
    named, others:
        Features with ``name`` and ``people``; people that are not published are None and stay in the rest.
    """
    shown, unnamed = list(named), list(others)
    known = [row["people"] for row in shown if row["people"] is not None]
    together = math.fsum(row["people"] for row in unnamed if row["people"] is not None)
    inside = math.fsum(known) + together
    total = round(max(totals.people, inside))
    *whole, left, rest = apportioned([*known, together, max(0.0, totals.people - inside)], total)
    people = iter(whole)
    parts = tuple(Part(str(row["name"]), None if row["people"] is None else next(people)) for row in shown)
    return Breakdown(parts, Part("", left, len(unnamed)) if unnamed else None, rest, total)


def by_unit(units: Iterable[Row], totals: PeopleTotals) -> Breakdown:
    """People by the larger unit (province, county) that each administrative unit belongs to, most people first.

    The rest lives outside every unit.
    """
    groups: dict[str, float | None] = {}
    for row in units:
        name = row.get("group") or row["name"]
        before, more = groups.get(name, 0.0), row["people"]
        groups[name] = None if before is None or more is None else before + more
    by_people = sorted(groups.items(), key=lambda item: (-(item[1] or 0.0), item[0]))
    rows = [{"name": name, "people": people} for name, people in by_people]
    return breakdown(rows[:MOST_UNITS], rows[MOST_UNITS:], totals)
