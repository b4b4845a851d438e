"""A condition on features as SQL with bound values, and the spatial tests it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely

PREDICATES = {
    "s_intersects": shapely.intersects,
    "s_within": shapely.contains,
    "s_contains": shapely.within,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
}
"""The spatial functions of CQL2, each asked of the prepared literal first, so within and contains change places."""


@dataclass(frozen=True)
class SpatialTest:
    """A predicate between a feature and ``shape`` (longitude and latitude)."""

    predicate: str
    shape: Any

    def __call__(self, wkb: bytes) -> bool:
        """Whether it holds for the feature's geometry."""
        return bool(PREDICATES[self.predicate](self.shape, shapely.from_wkb(wkb)))


@dataclass(frozen=True)
class Condition:
    """``sql`` holds one ? a value of ``values``; ``test(i, wkb)`` in it calls ``tests[i]``."""

    sql: str
    values: tuple[object, ...] = ()
    tests: tuple[SpatialTest, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What two equal conditions have in common."""
        return (self.sql, self.values, tuple((test.predicate, test.shape.wkb) for test in self.tests))


EVERYTHING = Condition("1")


def both(first: Condition, second: Condition) -> Condition:
    """Both hold. The tests of ``second`` are numbered on from those of ``first``."""
    if first is EVERYTHING:
        return second
    return Condition(
        f"({first.sql}) AND ({second.sql})", (*first.values, *second.values), (*first.tests, *second.tests)
    )


def spatial(predicate: str, shape: Any, number: int) -> Condition:
    """The predicate as test ``number``; features whose box lies apart are not looked at."""
    shapely.prepare(shape)
    test = SpatialTest(predicate, shape)
    if predicate == "s_disjoint":
        return Condition(f"test({number}, wkb)", (), (test,))
    parts = [part.bounds for part in shapely.get_parts(shape)]
    near = " OR ".join("(west <= ? AND east >= ? AND south <= ? AND north >= ?)" for _ in parts)
    values = tuple(value for west, south, east, north in parts for value in (east, west, north, south))
    sql = f"(fid IN (SELECT fid FROM box WHERE {near}) AND test({number}, wkb))"
    return Condition(sql, values, (test,))
