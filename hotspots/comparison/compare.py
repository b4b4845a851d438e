"""Compare two editions, hotspot by hotspot and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.comparison.differences import Difference, Part, differences
from hotspots.comparison.matching import Pair, pairs
from hotspots.comparison.parts import CellArray, Parts, cells_of, split
from hotspots.comparison.subject import Subject
from hotspots.comparison.words import cause, kind, sentence
from hotspots.errors import EditionError
from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]

MOVED_BELOW = 0.5
"""A hotspot has moved if less than this share of the cells of either outline lies in both."""
SAME = 1e-6
"""Exposures that differ by less than this share are the same: rasters are published in single precision."""
PARTS: tuple[Part, ...] = ("outline", "people", "pressure")


@dataclass(frozen=True)
class Comparison:
    """What changed from one edition to another of the same region.

    Attributes
    ----------
    before, after:
        Their ids.
    differences:
        What they were made from that differs.
    hotspots:
        One row a hotspot of either edition in the columns described in docs/method-scores.md, with the later outline
        (that of a hotspot which is gone: its last one).
    layers:
        After - before, (rows, cols) of ``grid`` by name, NaN where one of the two is not assessed.
    """

    before: str
    after: str
    differences: tuple[Difference, ...]
    hotspots: gpd.GeoDataFrame
    grid: AnalysisGrid
    layers: Mapping[str, FloatArray]


def compare(before: Subject, after: Subject) -> Comparison:
    """Compare two editions of one region.

    Raises
    ------
    EditionError
        If they lie on different grids.
    """
    if before.grid != after.grid:
        raise EditionError(
            f"{_described(before.grid)} in the one, {_described(after.grid)} in the other.",
            source=f"editions {before.edition} and {after.edition}",
            field="grid",
            remedy="Compare editions of one grid: cells of different ones cannot be told apart by cause.",
        )
    causes = differences(before, after)
    found = pairs(before.hotspots, after.hotspots)
    cells = cells_of(before.hotspots, before.grid), cells_of(after.hotspots, after.grid)
    rows = [_row(before, after, pair, cells, causes) for pair in found]
    shapes = [
        after.hotspots.geometry.iloc[pair.after]
        if pair.after is not None
        else before.hotspots.geometry.iloc[pair.before]
        for pair in found
    ]
    table = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=after.hotspots.crs)
    for name in ("rank_before", "rank_after"):
        table[name] = table[name].astype("Int64")
    shared = sorted(before.layers.keys() & after.layers.keys())
    layers = {name: after.layers[name] - before.layers[name] for name in shared}
    return Comparison(before.edition, after.edition, causes, table, after.grid, layers)


def _described(grid: AnalysisGrid) -> str:
    return f"{grid.rows} × {grid.cols} cells of {grid.cell_width:g} from ({grid.west:g}, {grid.north:g})"


def _row(
    before: Subject,
    after: Subject,
    pair: Pair,
    cells: tuple[Sequence[CellArray], Sequence[CellArray]],
    causes: Sequence[Difference],
) -> dict[str, object]:
    old = None if pair.before is None else before.hotspots.iloc[pair.before]
    new = None if pair.after is None else after.hotspots.iloc[pair.after]
    # What is new or gone is compared on the one outline there is: how the same ground fared.
    outline = (
        cells[0][pair.before] if pair.before is not None else cells[1][pair.after or 0],
        cells[1][pair.after] if pair.after is not None else cells[0][pair.before or 0],
    )
    shown = new if new is not None else old
    assert shown is not None  # a pair has at least one side
    dimension = str(shown["dimension"])
    parts = _parts(before, after, dimension, outline)
    row: dict[str, object] = {
        "hotspot_id": shown["hotspot_id"],
        "hotspot_id_before": "" if old is None else old["hotspot_id"],
        "name": shown["name"],
        "dimension": dimension,
        "change": _change(old, new, parts),
        "matched_by": pair.by,
        "rank_before": pd.NA if old is None else old["rank"],
        "rank_after": pd.NA if new is None else new["rank"],
        "rank_within_intervals": _within_intervals(old, new),
        "common_share": np.nan if parts is None or not pair.by else parts.common_share,
        "exposure_before": np.nan if parts is None else parts.before,
        "exposure_after": np.nan if parts is None else parts.after,
        "exposure_change": np.nan if parts is None else parts.after - parts.before,
    }
    for part in PARTS:
        value = np.nan if parts is None else float(getattr(parts, part))
        row[f"{part}_part"] = value
        row[f"{part}_cause"] = cause(part, dimension, causes) if _counts(value, parts) else ""
    return row | _main(parts, dimension, causes) | {"words": sentence(row)}


def _main(parts: Parts | None, dimension: str, causes: Sequence[Difference]) -> dict[str, object]:
    """The part that changed most and what changed it; empty where none did."""
    counted = [] if parts is None else [part for part in PARTS if _counts(float(getattr(parts, part)), parts)]
    if not counted:
        return {"main_part": "", "main_kind": ""}
    largest = max(counted, key=lambda part: abs(float(getattr(parts, part))))
    return {"main_part": largest, "main_kind": kind(largest, dimension, causes)}


def _parts(before: Subject, after: Subject, dimension: str, outline: tuple[CellArray, CellArray]) -> Parts | None:
    """None where an edition does not publish the rasters it takes."""
    met = before.met_by_people(dimension), after.met_by_people(dimension)
    people = before.layers.get("people"), after.layers.get("people")
    if met[0] is None or met[1] is None or people[0] is None or people[1] is None:
        return None
    return split(*outline, (people[0].ravel(), people[1].ravel()), (met[0].ravel(), met[1].ravel()))


def _counts(value: float, parts: Parts | None) -> bool:
    """Whether a part is more than rounding."""
    return parts is not None and abs(value) > SAME * max(parts.before, parts.after)


def _change(old: pd.Series | None, new: pd.Series | None, parts: Parts | None) -> str:
    if old is None:
        return "new"
    if new is None:
        return "gone"
    if parts is not None and parts.common_share < MOVED_BELOW:
        return "moved"
    if parts is None:
        same = old["rank"] == new["rank"] and old.geometry.equals(new.geometry)
        return "same" if same else "changed"
    kept = parts.common_share == 1 and not any(_counts(getattr(parts, part), parts) for part in PARTS)
    return "same" if kept and _rank(old) == _rank(new) else "changed"


def _rank(row: pd.Series) -> object:
    return None if pd.isna(row["rank"]) else int(row["rank"])


def _within_intervals(old: pd.Series | None, new: pd.Series | None) -> object:
    """Whether each rank lies in the other's 90 % interval, so that the change of rank may be chance; NA if unknown."""
    if old is None or new is None:
        return pd.NA
    columns = ["rank", "rank_low", "rank_high"]
    if not all(name in row.index for row in (old, new) for name in columns):
        return pd.NA
    if pd.isna(pd.concat([old[columns], new[columns]])).any():
        return pd.NA
    inside = [a["rank_low"] <= b["rank"] <= a["rank_high"] for a, b in ((old, new), (new, old))]
    return bool(all(inside))
