"""Classes stay apart for readers who see fewer colours, simulated by published matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hotspots.fields import Classes
from tiles.style import NOT_ASSESSED, class_colours

VISION = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Of linear RGB, severity 1: Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6), 1291-1298."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""sRGB, IEC 61966-2-1, D65."""
APART = 6.0
"""CIE 1976 difference; about 2.3 is just noticeable (Mahy, Van Eycken and Oosterlinck, Color Res. Appl. 19, 1994)."""


def seen(colour: str, vision: str) -> np.ndarray:
    """CIELAB of ``colour`` as seen with ``vision``."""
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(VISION[vision]) @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("ramp", ["heat", "blue", "change"])
def test_neighbouring_classes_are_told_apart(ramp, vision):
    """The five classes that every legend of an edition has."""
    classes = Classes((-2, -1, 1, 2), ramp, "test")
    colours = [seen(colour, vision) for colour in class_colours(classes)]
    assert min(float(np.linalg.norm(a - b)) for a, b in pairwise(colours)) > APART


def test_the_eye_that_sees_all_is_told_of_white_and_black():
    """L* is 100 for white and 0 for black; the matrices keep greys grey."""
    for vision in VISION:
        assert np.allclose(seen("#ffffff", vision), (100, 0, 0), atol=0.1)
        assert np.allclose(seen("#000000", vision), 0, atol=0.1)


@pytest.mark.parametrize("ramp", ["heat", "blue"])
def test_not_assessed_is_no_colour_of_a_ramp(ramp):
    assert NOT_ASSESSED not in class_colours(Classes(tuple(range(9)), ramp, "test"))
