"""Colours and classes of every legend: one place for pictures, QGIS styles, the snapshot map and the web page.

Each ramp has five colours, and every layer five classes: they are told apart at a glance and in a legend of one column.
Where a client asks for other numbers of classes, the colours between are interpolated in OKLab, where equal steps look
equal. Sequential ramps run strictly from light to dark, so they are told apart without colour vision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hotspots.errors import MethodError
from hotspots.fields import Classes
from tiles.oklab import hexadecimal, oklab

NOT_ASSESSED = "#c9cdd2"
"""Features without a value, and the lines of the hatch. In rasters the same is transparent."""

_COLOURS: dict[str, tuple[str, ...]] = {
    # Scores: priority, burden, vulnerability.
    "heat": ("#fff7bc", "#fec44f", "#ec7014", "#b10026", "#49006a"),
    # What is modelled or counted: pressures, exposure, concentrations, people. ColorBrewer's PuBu (colorbrewer2.org).
    "blue": ("#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d"),
    # Less and more: changes, clustering. ColorBrewer's BrBG, from green to brown.
    "change": ("#01665e", "#80cdc1", "#f5f5f5", "#dfc27d", "#8c510a"),
}

_TWO_SIDED = ("change",)

RAMPS = tuple(f"{name}{end}" for name in sorted(_COLOURS) for end in ("", "_reversed"))
"""Every colour ramp, and each run backwards."""


@dataclass(frozen=True)
class LegendClass:
    """One class: values above ``lower`` up to and including ``upper``; None is open-ended."""

    lower: float | None
    upper: float | None
    colour: str
    label: str


def legend(classes: Classes) -> tuple[LegendClass, ...]:
    """The classes in rising order, with their colours."""
    bounds = (None, *classes.breaks, None)
    spans = list(pairwise(bounds))
    labels = classes.labels or [_label(low, high) for low, high in spans]
    return tuple(
        LegendClass(low, high, colour, label)
        for (low, high), colour, label in zip(spans, class_colours(classes), labels, strict=True)
    )


def class_index(values: npt.NDArray[np.floating], classes: Classes) -> npt.NDArray[np.uint8]:
    """Index of the class of each value; ``len(breaks) + 1``, one past the last, where the value is NaN."""
    breaks = np.asarray(classes.breaks, np.float64)
    if values.dtype == np.float32:
        # The last float32 not above a bound divides float32 values as the bound itself does, in half the time.
        rounded = breaks.astype(np.float32)
        breaks = np.where(rounded > breaks, np.nextafter(rounded, np.float32(-np.inf)), rounded)
    index = np.searchsorted(breaks, values).astype(np.uint8)
    index[np.isnan(values)] = len(classes.breaks) + 1
    return index


def colour_of(value: float | None, classes: Classes) -> str:
    """The colour of one value; the colour of "not assessed" for None and NaN."""
    if value is None or math.isnan(value):
        return NOT_ASSESSED
    return class_colours(classes)[int(class_index(np.array([value]), classes)[0])]


@lru_cache(maxsize=4096)
def ramp(name: str, position: float) -> str:
    """The colour of a ramp at ``position`` 0..1, as ``#rrggbb``. A name that ends in ``_reversed`` runs backwards.

    Raises
    ------
    MethodError
        If no ramp has that name.
    """
    base = name.removesuffix("_reversed")
    if base not in _COLOURS:
        raise MethodError("no such colour ramp.", field=name, remedy=f"Use one of {', '.join(sorted(_COLOURS))}.")
    if base != name:
        position = 1 - position
    anchors = np.array([oklab(colour) for colour in _COLOURS[base]])
    at = np.linspace(0, 1, len(anchors))
    return hexadecimal(np.array([np.interp(position, at, part) for part in anchors.T]))


@lru_cache(maxsize=256)
def class_colours(classes: Classes) -> tuple[str, ...]:
    """The colour of each class, in rising order."""
    count = len(classes.breaks) + 1
    if classes.ramp.removesuffix("_reversed") not in _TWO_SIDED:
        return tuple(ramp(classes.ramp, i / (count - 1)) for i in range(count))
    # The class that holds 0 is the neutral one, wherever it stands.
    neutral = int(np.digitize(0.0, classes.breaks, right=True))
    below = [0.5 * i / neutral for i in range(neutral)]
    above = [0.5 + 0.5 * i / (count - 1 - neutral) for i in range(1, count - neutral)]
    return tuple(ramp(classes.ramp, position) for position in (*below, 0.5, *above))


def _label(low: float | None, high: float | None) -> str:
    if low is None:
        return f"≤ {_number(high)}"
    if high is None:
        return f"> {_number(low)}"
    return f"{_number(low)} – {_number(high)}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    text = f"{value:,.10g}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return text.replace("-", "\N{MINUS SIGN}")
