"""Map tiles of a raster in the colours of a legend: the same at publish time and on the fly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from hotspots.fields import Classes
from hotspots.grid import AnalysisGrid
from tiles.mercator import TILE_PX, Tile, cell_deg, pixel_cells, pixel_deg
from tiles.png import QUICK, palette_png
from tiles.style import class_colours, class_index

Resampling = Literal["nearest", "bilinear"]
Values = npt.NDArray[np.float32]


class Levels(Protocol):
    """A raster and its overviews: a cell of level n covers 2ⁿ × 2ⁿ cells of the raster."""

    @property
    def grid(self) -> AnalysisGrid:
        """The grid of the raster itself."""

    @property
    def extensive(self) -> bool:
        """Whether a cell of an overview is the sum of those under it; their mean otherwise."""

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(rows, cols) of each level."""

    def read(self, level: int, rows: slice, cols: slice) -> Values:
        """Part of a level, NaN where not assessed."""


@dataclass(frozen=True)
class Look:
    """How values become colours."""

    classes: Classes
    resampling: Resampling = "nearest"


def native_zoom(grid: AnalysisGrid) -> int:
    """The first zoom at which a pixel is no wider than a cell."""
    return max(0, math.ceil(math.log2(pixel_deg(0) / cell_deg(grid)) - 1e-9))


def render(levels: Levels, tile: Tile, look: Look, compress_level: int = QUICK) -> bytes | None:
    """``tile`` as a palette PNG, transparent where not assessed; None where all of it would be."""
    index = class_tile(levels, tile, look)
    return None if index is None else palette_png(index, class_colours(look.classes), compress_level)


def class_tile(levels: Levels, tile: Tile, look: Look) -> npt.NDArray[np.uint8] | None:
    """Class of each pixel (256, 256) of ``tile``, one past the last where not assessed; None where no pixel has one.

    Values come from the coarsest level whose cells are no wider than a pixel. Zoomed out, a pixel shows the mean of the
    raster's cells, of an extensive layer too, so that a class means the same at every zoom.
    """
    zoomed_out = pixel_deg(tile.z) / cell_deg(levels.grid)
    level = min(max(0, math.floor(math.log2(zoomed_out) + 1e-9)), len(levels.shapes) - 1)
    row, col = (part / 2**level for part in pixel_cells(levels.grid, tile))
    rows, cols = levels.shapes[level]
    if not _meets(row, rows) or not _meets(col, cols):
        return None
    # One cell more on each side: the neighbours that bilinear asks for.
    window_rows, window_cols = _window(row, rows), _window(col, cols)
    values = levels.read(level, window_rows, window_cols)
    if levels.extensive:
        values = values / np.float32(4**level)
    row, col = row - window_rows.start, col - window_cols.start
    unassessed = len(look.classes.breaks) + 1
    if look.resampling == "nearest":
        at = _padded(row, values.shape[0]), _padded(col, values.shape[1])
        if values.size < TILE_PX**2:
            index = np.pad(class_index(values, look.classes), 1, constant_values=unassessed)[at]
        else:
            index = class_index(np.pad(values, 1, constant_values=np.nan)[at], look.classes)
    else:
        index = class_index(_bilinear(values, row, col), look.classes)
    return None if (index == unassessed).all() else np.broadcast_to(index, (TILE_PX, TILE_PX))


def _meets(position: npt.NDArray[np.float64], count: int) -> bool:
    return bool(((position >= 0) & (position < count)).any())


def _window(position: npt.NDArray[np.float64], count: int) -> slice:
    inside = position[(position >= 0) & (position < count)]
    return slice(max(int(inside.min()) - 1, 0), min(int(inside.max()) + 2, count))


def _padded(position: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.intp]:
    """Index of the cell at ``position`` in an array with a border of one cell, which stands for all outside."""
    bounded = np.clip(np.nan_to_num(position, nan=-1.0, posinf=-1.0, neginf=-1.0), -1, count)
    return np.floor(bounded).astype(np.intp) + 1


def _bilinear(values: Values, row: npt.NDArray[np.float64], col: npt.NDArray[np.float64]) -> Values:
    """Means of the four nearest cells by distance, over those assessed; NaN where the cell itself is not."""
    padded = np.pad(values, 1, constant_values=np.nan)
    total, weight = np.zeros((TILE_PX, TILE_PX)), np.zeros((TILE_PX, TILE_PX))
    for down in (-0.5, 0.5):
        for right in (-0.5, 0.5):
            part = padded[_padded(row + down, values.shape[0]), _padded(col + right, values.shape[1])]
            share = _share(row, down) * _share(col, right) * ~np.isnan(part)
            total += share * np.nan_to_num(part)
            weight += share
    assessed = ~np.isnan(padded[_padded(row, values.shape[0]), _padded(col, values.shape[1])])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(assessed, total / weight, np.nan).astype(np.float32)


def _share(position: npt.NDArray[np.float64], step: float) -> npt.NDArray[np.float64]:
    """Weight of the cell at ``position`` + ``step``: 1 at its centre, 0 a cell away."""
    distance: npt.NDArray[np.float64] = np.abs(np.floor(position + step) + 0.5 - position)
    return np.maximum(0.0, 1 - distance)
