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
    parts = shapely.get_parts(shape)
    near, values = _boxes("west <= ? AND east >= ? AND south <= ? AND north >= ?", parts, (2, 0, 3, 1))
    meets = f"test({number}, (SELECT wkb FROM feature AS tested WHERE tested.fid = box.fid))"
    if predicate == "s_intersects" and all(part.equals(shapely.box(*part.bounds)) for part in parts):
        # What lies in a box meets it, and boxes in the index are rounded outwards: only what crosses an edge is tested.
        inside, more = _boxes("west >= ? AND east <= ? AND south >= ? AND north <= ?", parts, (0, 2, 1, 3))
        meets, values = f"({inside} OR {meets})", values + more
    return Condition(f"fid IN (SELECT fid FROM box WHERE ({near}) AND {meets})", values, (test,))


def _boxes(sql: str, parts: Any, order: tuple[int, ...]) -> tuple[str, tuple[float, ...]]:
    """``sql`` of any of the ``parts``, whose bounds are bound in ``order``."""
    values = tuple(float(part.bounds[place]) for part in parts for place in order)
    return " OR ".join(f"({sql})" for _ in parts), values
