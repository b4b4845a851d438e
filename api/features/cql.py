"""CQL2 as a condition: parsed by the cql2 library, compiled for the columns of one layer, every value bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import cql2
import numpy as np
import shapely
from shapely.errors import GEOSException

from api.features.condition import PREDICATES, Condition, SpatialTest, spatial
from api.features.crs import Crs, lonlat_box
from data_pipelines.outputs.feature_store import quoted
from hotspots.errors import QueryError

GEOMETRY = "geometry"
MAX_LENGTH, MAX_DEPTH, MAX_NODES, MAX_VERTICES = 16_000, 24, 500, 5_000

_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%"}
_FUNCTIONS = {"casei": "casei", "accenti": "accenti"}
_TEMPORAL = {
    "t_after": "{0} > {1}",
    "t_before": "{0} < {1}",
    "t_equals": "{0} = {1}",
    "t_disjoint": "{0} <> {1}",
    "t_intersects": "{0} = {1}",
}


def compiled(text: str, language: str, columns: Mapping[str, str], crs: Crs, first_test: int = 0) -> Condition:
    """The condition that ``text`` states.

    Parameters
    ----------
    language:
        ``cql2-text`` or ``cql2-json``.
    columns:
        Kind (number, integer, boolean, text) by the name of each property that can be asked for.
    crs:
        Of the coordinates in it.
    first_test:
        The number of its first spatial test.

    Raises
    ------
    QueryError
        If it is malformed, too large, or asks for what this layer does not have.
    """
    _check_size(text)
    try:
        parsed = cql2.parse_json(text) if language == "cql2-json" else cql2.parse_text(text)
        tree = parsed.to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, TypeError) as error:
        raise _fault(f"is not {language}: {str(error).splitlines()[0]}") from error
    compiler = _Compiler(columns, crs, first_test)
    sql = compiler.boolean(tree)
    return Condition(sql, tuple(compiler.values), tuple(compiler.tests))


class _Compiler:
    """Turns the tree of CQL2 JSON into SQL, collecting values and tests in the order of their marks."""

    def __init__(self, columns: Mapping[str, str], crs: Crs, first_test: int) -> None:
        self._first_test = first_test
        self._columns = columns
        self._crs = crs
        self._nodes = 0
        self.values: list[object] = []
        self.tests: list[SpatialTest] = []

    def boolean(self, node: Any, depth: int = 0) -> str:
        """A node that is true or false."""
        self._count(depth)
        if isinstance(node, bool):
            return "1" if node else "0"
        if isinstance(node, dict) and "property" in node:
            return self._property(node["property"], kinds=("boolean",))
        name, args = _operation(node)
        if name in {"and", "or"} and args:
            return "(" + f" {name.upper()} ".join(self.boolean(part, depth + 1) for part in args) + ")"
        if name == "not":
            return f"(NOT {self.boolean(_exactly(args, 1)[0], depth + 1)})"
        if name in PREDICATES:
            return self._spatial(name, _exactly(args, 2))
        for operators, compile_one in self._kinds_of_test():
            if name in operators:
                return compile_one(name, args, depth)
        raise _fault(f"has no operator {name!r} that is true or false")

    def _kinds_of_test(self) -> tuple[tuple[Any, Callable[[str, list[Any], int], str]], ...]:
        return (
            (_COMPARISONS, self._comparison),
            ({"like"}, self._like),
            ({"between"}, self._between),
            ({"in"}, self._in),
            ({"isNull"}, self._is_null),
            (_TEMPORAL, self._temporal),
            ({"t_during"}, self._during),
        )

    def _comparison(self, name: str, args: list[Any], depth: int) -> str:
        left, right = (self._scalar(part, depth + 1) for part in _exactly(args, 2))
        return f"({left} {_COMPARISONS[name]} {right})"

    def _like(self, _: str, args: list[Any], depth: int) -> str:
        value, pattern = (self._scalar(part, depth + 1) for part in _exactly(args, 2))
        return f"({value} LIKE {pattern} ESCAPE '\\')"

    def _between(self, _: str, args: list[Any], depth: int) -> str:
        value, low, high = (self._scalar(part, depth + 1) for part in _exactly(args, 3))
        return f"({value} BETWEEN {low} AND {high})"

    def _in(self, _: str, args: list[Any], depth: int) -> str:
        value, options = _exactly(args, 2)
        if not isinstance(options, list) or not options:
            raise _fault("needs a list after IN")
        left = self._scalar(value, depth + 1)
        return f"({left} IN ({', '.join(self._scalar(option, depth + 1) for option in options)}))"

    def _is_null(self, _: str, args: list[Any], depth: int) -> str:
        return f"({self._scalar(_exactly(args, 1)[0], depth + 1)} IS NULL)"

    def _temporal(self, name: str, args: list[Any], depth: int) -> str:
        left, right = (self._scalar(part, depth + 1) for part in _exactly(args, 2))
        return f"({_TEMPORAL[name].format(left, right)})"

    def _during(self, _: str, args: list[Any], depth: int) -> str:
        moment, interval = _exactly(args, 2)
        ends = interval.get("interval") if isinstance(interval, dict) else None
        if not isinstance(ends, list) or len(ends) != 2:
            raise _fault("needs an interval as the second argument of T_DURING")
        tests = []
        for end, sign in zip(ends, (">", "<"), strict=True):
            if end != "..":
                value = end if isinstance(end, dict) else {"date": end}
                tests.append(f"{self._scalar(moment, depth + 1)} {sign} {self._scalar(value, depth + 1)}")
        return f"({' AND '.join(tests) or '1'})"

    def _scalar(self, node: Any, depth: int) -> str:
        """A node that is a number, text or truth value."""
        self._count(depth)
        if isinstance(node, bool | int | float | str):
            return self._value(int(node) if isinstance(node, bool) else node)
        if isinstance(node, dict):
            if "property" in node:
                return self._property(node["property"])
            for moment in ("date", "timestamp"):
                if moment in node:
                    return self._value(str(node[moment]))
            name, args = _operation(node)
            if name in _ARITHMETIC:
                left, right = (self._scalar(part, depth + 1) for part in _exactly(args, 2))
                return f"({left} {_ARITHMETIC[name]} {right})"
            if name in _FUNCTIONS:
                return f"{_FUNCTIONS[name]}({self._scalar(_exactly(args, 1)[0], depth + 1)})"
            raise _fault(f"has no function {name!r}")
        raise _fault(f"cannot compare with {json.dumps(node)[:40]}")

    def _spatial(self, name: str, args: list[Any]) -> str:
        named = [isinstance(part, dict) and part.get("property") == GEOMETRY for part in args]
        if named.count(True) != 1:
            raise _fault(f"needs the property {GEOMETRY!r} and a geometry in {name.upper()}")
        # Within and contains change places when the literal stands first; the others are symmetric.
        if named[1]:
            name = {"s_within": "s_contains", "s_contains": "s_within"}.get(name, name)
        part = spatial(name, self._shape(args[named.index(False)]), self._first_test + len(self.tests))
        self.values += part.values
        self.tests += part.tests
        return part.sql

    def _shape(self, node: Any) -> Any:
        if not isinstance(node, dict):
            raise _fault("has no geometry where one is needed")
        if "bbox" in node:
            numbers = node["bbox"]
            if not isinstance(numbers, list) or len(numbers) != 4:
                raise _fault("has a BBOX without four numbers")
            west, south, east, north = (float(value) for value in numbers)
            return lonlat_box(west, south, east, north, "filter")
        try:
            shape = shapely.from_geojson(json.dumps(node))
        except GEOSException as error:
            raise _fault(f"holds a geometry that cannot be read: {error}") from error
        if shapely.get_num_coordinates(shape) > MAX_VERTICES:
            raise _fault(f"holds a geometry of more than {MAX_VERTICES} vertices")
        if not shapely.is_valid(shape) or shape.is_empty:
            raise _fault(f"holds a geometry that is not valid: {shapely.is_valid_reason(shape)}")
        return self._crs.to_lonlat(np.array([shape], dtype=object))[0]

    def _property(self, name: Any, kinds: tuple[str, ...] = ("number", "integer", "boolean", "text")) -> str:
        if not isinstance(name, str) or name not in self._columns or self._columns[name] not in kinds:
            raise QueryError(
                f"asks for {name!r}, which is no property it can ask for here.",
                field="filter",
                remedy="The queryables of the collection name them.",
            )
        return quoted(name)

    def _value(self, value: float | str) -> str:
        self.values.append(value)
        return "?"

    def _count(self, depth: int) -> None:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise _fault(f"is larger than {MAX_NODES} parts or deeper than {MAX_DEPTH}")


def _check_size(text: str) -> None:
    """Bounds before parsing: the parser itself recurses."""
    if len(text) > MAX_LENGTH:
        raise _fault(f"is longer than {MAX_LENGTH} characters")
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > 2 * MAX_DEPTH or text.upper().count("NOT") > MAX_DEPTH * 4:
        raise _fault(f"is deeper than {MAX_DEPTH}")


def _operation(node: Any) -> tuple[str, list[Any]]:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str) or not isinstance(node.get("args"), list):
        raise _fault("holds something that is no operation")
    name = node["op"]
    return (name if name == "isNull" else name.lower()), node["args"]


def _exactly(args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise _fault(f"has {len(args)} arguments where {count} are needed")
    return args


def _fault(text: str) -> QueryError:
    return QueryError(
        f"{text}.", field="filter", remedy="See the queryables of the collection and OGC 21-065r2 (CQL2)."
    )
