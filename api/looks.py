"""What a client may ask of a rendered tile, checked: ramp, range or class breaks, resampling."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from hotspots.errors import NotFoundError, QueryError
from hotspots.fields import Classes
from tiles.png import MOST_COLOURS
from tiles.render import Look, Resampling
from tiles.style import RAMPS

STEPS = 64
"""Classes that stand for a continuous range."""
RESAMPLINGS: dict[str, Resampling] = {"nearest": "nearest", "bilinear": "bilinear"}


def default_look(about: dict[str, Any]) -> Look:
    """The legend of a raster, from its entry in the edition's codebook.

    Raises
    ------
    NotFoundError
        If the edition is of a version that wrote no ramp down, or one that is drawn no more.
    """
    classes = about["classes"]
    if classes.get("ramp") not in RAMPS:
        raise NotFoundError("was published before its rasters could be drawn.", remedy="Refresh the region.")
    return Look(Classes(tuple(classes["breaks"]), classes["ramp"], classes["basis"]))


def asked_look(default: Look, ramp: str | None, span: str | None, breaks: str | None, resampling: str | None) -> Look:
    """``default`` with what was asked for in its place.

    ``span`` is ``low,high``, drawn in 64 equal classes; ``breaks`` are rising class bounds, at most 254.

    Raises
    ------
    QueryError
        For an unknown ramp or resampling, numbers that are not finite or do not rise, or both span and breaks.
    """
    if ramp is not None and ramp not in RAMPS:
        raise QueryError("there is no such ramp.", field="ramp", remedy=f"Use one of {', '.join(RAMPS)}.")
    if resampling is not None and resampling not in RESAMPLINGS:
        raise QueryError("is not known.", field="resampling", remedy=f"Use {' or '.join(RESAMPLINGS)}.")
    if span is not None and breaks is not None:
        raise QueryError("range and breaks exclude each other.", field="range", remedy="Give one of them.")
    bounds = default.classes.breaks
    if span is not None:
        low, high = _rising("range", span, 2, 2)
        bounds = tuple(low + (high - low) * step / (STEPS - 2) for step in range(STEPS - 1))
    elif breaks is not None:
        bounds = _rising("breaks", breaks, 1, MOST_COLOURS - 1)
    classes = Classes(bounds, ramp or default.classes.ramp, "asked for by the client")
    return Look(classes, RESAMPLINGS[resampling or default.resampling])


def _rising(field: str, text: str, fewest: int, most: int) -> tuple[float, ...]:
    remedy = f"Give {fewest} finite numbers" if fewest == most else f"Give {fewest} to {most} finite numbers"
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise QueryError("not a list of numbers.", field=field, remedy=f"{remedy}, separated by commas.") from error
    rising = all(low < high for low, high in pairwise(numbers))
    if not (fewest <= len(numbers) <= most and all(map(math.isfinite, numbers)) and rising):
        raise QueryError("not a rising list.", field=field, remedy=f"{remedy}, each above the one before.")
    return numbers
