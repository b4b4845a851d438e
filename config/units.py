"""Units of configured values, checked by pint."""

from __future__ import annotations

import re
from functools import cache

import pint


@cache
def _registry() -> pint.UnitRegistry[float]:
    registry: pint.UnitRegistry[float] = pint.UnitRegistry()
    registry.define("ppb = 1e-9")
    return registry


def spelled_out(unit: str) -> str:
    """A unit as NetCDF files write it (``kg m-2 s-1``, ``ug/m3``), as `convert` takes it."""
    return re.sub(r"\s+", "*", re.sub(r"(?<=[^\W\d])\^?(-?\d+)", r"**\1", unit.strip()))


def convert(value: float, unit: str, to: str) -> float:
    """``value`` in ``unit`` as a number in the unit ``to``.

    Raises
    ------
    ValueError
        If ``unit`` is unknown, or does not measure what ``to`` measures.
    """
    registry = _registry()
    try:
        return float(registry.Quantity(value, unit).to(to).magnitude)
    except pint.DimensionalityError as error:
        raise ValueError(f"unit should convert to {to}; {unit!r} does not") from error
    except (pint.UndefinedUnitError, pint.DefinitionSyntaxError, AttributeError, TypeError, AssertionError) as error:
        raise ValueError(f"unit should convert to {to}; {unit!r} is no known unit") from error
