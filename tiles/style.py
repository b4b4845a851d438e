"""Colours and classes of every legend: one place for pictures, QGIS styles, the snapshot map and the web page.

The ramps are interpolated in OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020), where equal
steps look equal. Sequential ramps run strictly from light to dark, so they are told apart without colour vision.
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

Oklch = tuple[float, float, float]

NOT_ASSESSED = "#c9cdd2"
"""Features without a value. In rasters the same is transparent."""

_ANCHORS: dict[str, tuple[Oklch, ...]] = {
    # lightness 0..1, chroma, hue in degrees
    "heat": ((0.97, 0.06, 105), (0.85, 0.15, 85), (0.68, 0.19, 50), (0.50, 0.18, 20), (0.28, 0.11, -15)),
    "people": ((0.97, 0.02, 200), (0.80, 0.08, 215), (0.60, 0.11, 240), (0.42, 0.12, 265), (0.26, 0.09, 285)),
    # ColorBrewer's BrBG from brown for more to green for less (C. Brewer, colorbrewer2.org).
    "change": (
        (0.4591, 0.0804, 185.48),
        (0.7948, 0.0785, 183.32),
        (0.9702, 0.0, 89.88),
        (0.8235, 0.0937, 87.54),
        (0.4934, 0.1089, 62.53),
    ),
    "diverging": ((0.38, 0.12, 260), (0.70, 0.10, 245), (0.96, 0.015, 100), (0.72, 0.14, 50), (0.40, 0.15, 25)),
}

_TWO_SIDED = ("change", "diverging")

RAMPS = tuple(f"{name}{end}" for name in sorted(_ANCHORS) for end in ("", "_reversed"))
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
    if base not in _ANCHORS:
        raise MethodError("no such colour ramp.", field=name, remedy=f"Use one of {', '.join(sorted(_ANCHORS))}.")
    if base != name:
        position = 1 - position
    anchors = np.array(_ANCHORS[base])
    at = np.linspace(0, 1, len(anchors))
    # Hues are interpolated as points of the colour plane, so that no neutral colour turns through a foreign hue.
    a, b = (anchors[:, 1] * f(np.radians(anchors[:, 2])) for f in (np.cos, np.sin))
    light, green_red, blue_yellow = (float(np.interp(position, at, part)) for part in (anchors[:, 0], a, b))
    return _hex(light, green_red, blue_yellow)


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


def _hex(light: float, a: float, b: float) -> str:
    """OKLab to sRGB, clipped to the gamut."""
    lms = (
        np.array(
            [
                light + 0.3963377774 * a + 0.2158037573 * b,
                light - 0.1055613458 * a - 0.0638541728 * b,
                light - 0.0894841775 * a - 1.2914855480 * b,
            ]
        )
        ** 3
    )
    linear = np.clip(
        np.array(
            [
                [4.0767416621, -3.3077115913, 0.2309699292],
                [-1.2684380046, 2.6097574011, -0.3413193965],
                [-0.0041960863, -0.7034186147, 1.7076147010],
            ]
        )
        @ lms,
        0,
        1,
    )
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(channel) * 255) for channel in srgb)
    return f"#{red:02x}{green:02x}{blue:02x}"
