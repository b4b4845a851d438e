"""Small river networks: drawn by hand, and random ones that always flow downhill."""

from __future__ import annotations

import numpy as np
from affine import Affine
from pyproj import CRS

from hotspots.dispersion.network import NO_DATA, OUTLET, STEPS
from hotspots.grid import AnalysisGrid

E, SE, S, SW, W, NW, N, NE = 1, 2, 4, 8, 16, 32, 64, 128
CODE_OF_STEP = {step: code for code, step in STEPS.items()}


def grid(rows: int, cols: int, north: float = 0.0) -> AnalysisGrid:
    """Cells of 0.01° with their upper left corner at 10° E."""
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10.0, 0, -0.01, north), (rows, cols))


def raster(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.uint8)


def downhill(height: np.ndarray, land: np.ndarray) -> np.ndarray:
    """Each cell flows to its lowest lower neighbour with data, else it is an outlet: no circle is possible."""
    rows, cols = height.shape
    direction = np.full(height.shape, NO_DATA, dtype=np.uint8)
    for row, col in zip(*np.nonzero(land), strict=True):
        best, code = height[row, col], OUTLET
        for (down, right), candidate in CODE_OF_STEP.items():
            r, c = row + down, col + right
            if 0 <= r < rows and 0 <= c < cols and land[r, c] and height[r, c] < best:
                best, code = height[r, c], candidate
        direction[row, col] = code
    return direction
