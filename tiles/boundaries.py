"""Lines between areas: each once, those of disputed areas apart, as the United Nations draws them (dotted)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry


def boundary_lines(shapes: npt.NDArray[np.object_], disputed: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """The settled and the disputed lines of polygons that share their borders, each a (multi-)line string.

    Every line of a ``disputed`` area is a disputed one, whoever lies on its other side; lines are merged where they
    meet end to end.
    """
    rings = shapely.boundary(shapes)
    contested = shapely.union_all(rings[disputed])
    return _merged(shapely.difference(shapely.union_all(rings), contested)), _merged(contested)


def _merged(lines: BaseGeometry) -> BaseGeometry:
    return shapely.line_merge(shapely.node(lines))
