"""What an edition says of a point and of an area drawn on the map."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from api.editions import Editions
from api.features.condition import spatial
from api.features.store import Sort
from api.map_tiles import CODEBOOK, raster_about
from hotspots.area_statistics import AreaCells, FloatArray, whole_blocks, window_around, window_of
from hotspots.editions import Edition
from hotspots.errors import QueryError
from hotspots.exposure import Coverage, coverage
from hotspots.policy.disclosure import DISCLOSURE_AUDIT

MOST_CELLS = 20_000_000
LISTED = 10
TOLD = {
    "hotspots": ("hotspot_id", "name", "dimension", "rank", "people"),
    "sources": ("source_id", "name", "sector", "rank"),
    "protected": ("protected_id", "name", "designation"),
}
"""What is told of the first features of a layer that meet the area."""
SKIPPED = ("_gi_z", "_gi_p", "_gi_p_adjusted")
"""Statistics of cells that mean nothing of an area."""


def point_values(editions: Editions, edition: Edition, lon: float, lat: float) -> dict[str, Any]:
    """The value of every raster at a place, None where it is not assessed."""
    row, col = (int(part[0]) for part in edition.grid.cell_of([lon], [lat]))
    if row < 0:
        raise QueryError("lies outside the region.", field="lon, lat", remedy=f"Give a place in {_bounds(edition)}.")
    window = slice(row, row + 1), slice(col, col + 1)
    values = []
    for about in editions.document(edition, CODEBOOK)["rasters"]:
        value = float(_values(editions, edition, about, window)[0, 0])
        told = {key: about[key] for key in ("name", "title", "unit")}
        values.append({**told, "value": None if np.isnan(value) else value})
    return {"edition": edition.id, "lon": lon, "lat": lat, "values": values, **_said(edition)}


def area_statistics(editions: Editions, edition: Edition, area: Any) -> dict[str, Any]:
    """People, area, rasters, hotspots, sources and protected areas of a polygon in longitude and latitude.

    Where counts of people are confidential, the area is snapped to whole blocks, and people are told from a minimum on.

    Raises
    ------
    QueryError
        If it lies outside the region or covers too many cells.
    """
    drawn = gpd.GeoDataFrame(geometry=[area], crs="OGC:CRS84")
    window = window_of(edition.grid, drawn)
    if window is None:
        raise QueryError("lies outside the region.", field="area", remedy=f"Draw inside {_bounds(edition)}.")
    rows, cols = window
    if (rows.stop - rows.start) * (cols.stop - cols.start) > MOST_CELLS:
        raise QueryError("covers too many cells.", field="area", remedy="Draw a smaller area, or use the downloads.")
    exact = coverage(edition.grid.window(rows, cols), drawn)
    block = edition.count_blocks
    if block is None:
        cells, minimum = _cells(editions, edition, window, exact), None
    else:
        on_grid = replace(exact, row=exact.row + rows.start, col=exact.col + cols.start, shape=block.shape)
        window, snapped = window_around(whole_blocks(on_grid, block))
        cells = _cells(editions, edition, window, snapped)
        minimum = float(editions.document(edition, DISCLOSURE_AUDIT)["threshold"])
    found: dict[str, Any] = {
        "edition": edition.id,
        "area_km2": float(cells.area_km2.sum()),
        "people": float(cells.people.sum()),
        "rasters": [
            {
                **{key: about[key] for key in ("name", "title", "unit")},
                **asdict(
                    cells.figures(
                        _values(editions, edition, about, window),
                        about["classes"]["breaks"],
                        about["extent"] == "extensive",
                    )
                ),
            }
            for about in editions.document(edition, CODEBOOK)["rasters"]
            if not about["name"].endswith(SKIPPED)
        ],
        **{layer: _touching(editions, edition, layer, area, names) for layer, names in TOLD.items()},
        **_said(edition),
    }
    drawn_km2 = float((exact.fraction * edition.grid.row_area_km2[exact.row + rows.start]).sum())
    few = minimum is not None and found["people"] < minimum
    counted = {
        "cells": "by_covered_share" if block is None else "whole_blocks",
        "drawn_km2": drawn_km2,
        "minimum_people": minimum,
        "people_told": not few,
    }
    return {**(_without_people(found) if few else found), "counted": counted}


def _cells(editions: Editions, edition: Edition, window: tuple[slice, slice], cells: Coverage) -> AreaCells:
    people = _values(editions, edition, raster_about(editions, edition, "people"), window)
    return AreaCells.covered(edition.grid.window(*window), people, cells)


def _without_people(found: dict[str, Any]) -> dict[str, Any]:
    """The same figures with None for those that are made from people."""
    rasters = [
        {
            **raster,
            "total": None,
            "mean_of_people": None,
            "people_assessed": None,
            "classes": [{**item, "people": None} for item in raster["classes"]],
        }
        for raster in found["rasters"]
    ]
    # The people and exposure of a cell are in its range, too.
    for raster in rasters:
        if raster["mean"] is None:
            raster |= {"lowest": None, "highest": None}
    return {**found, "people": None, "rasters": rasters}


def _values(editions: Editions, edition: Edition, about: dict[str, Any], window: tuple[slice, slice]) -> FloatArray:
    """Part of a raster, through the handles that tiles are drawn with: they stay open, and so do GDAL's blocks."""
    return editions.levels(edition, about["name"], about["extent"] == "extensive").read(0, *window).astype(np.float64)


def _touching(
    editions: Editions, edition: Edition, layer: str, area: Any, names: tuple[str, ...]
) -> dict[str, Any] | None:
    """How many features of a layer meet the area, and the first of them by rank; None where there is no such layer."""
    if not editions.has(edition, f"features/{layer}.sqlite"):
        return None
    store = editions.features(edition, layer)
    sort = (Sort("rank", descending=False),) if "rank" in store.columns else ()
    found = store.matching(spatial("s_intersects", area, 0), sort)
    told = [dict(zip(names, row.told(names), strict=True)) for row in store.rows(found[:LISTED])]
    covered = _covered_km2(store.rows(found), area) if store.about["geometry"] == "polygon" else None
    return {"count": len(found), "first": told} | ({} if covered is None else {"covered_km2": covered})


def _covered_km2(rows: Any, area: Any) -> float:
    """Area of the features inside, overlaps counted once."""
    inside = shapely.union_all(shapely.intersection([shapely.from_wkb(row.wkb) for row in rows], area))
    equal = gpd.GeoSeries([inside], crs="OGC:CRS84").to_crs("EPSG:6933")
    return float(equal.area.iloc[0] / 1e6)


def _said(edition: Edition) -> dict[str, str]:
    policy = edition.manifest.policy
    return {"statement": policy.statement, "disclaimer": policy.disclaimer}


def _bounds(edition: Edition) -> str:
    west, south, east, north = edition.manifest.bounds
    return f"{west:.2f} to {east:.2f} E, {south:.2f} to {north:.2f} N"
