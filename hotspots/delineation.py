"""Hotspots as areas: connected cells, their outlines, and ids that last from edition to edition."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import antimeridian
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from hotspots.centres import split
from hotspots.grid import AnalysisGrid
from hotspots.outlines import collected, outlines

FloatArray = npt.NDArray[np.float64]

EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)
EQUAL_AREA = "EPSG:6933"
VERTEX_SPACING_CELLS = 8
ID_BYTES = 4
"""Of the hash in an id: two of a thousand hotspots share one with a probability of about 1 in 10 000."""


@dataclass(frozen=True)
class Delineation:
    """Hotspots 1 .. k, numbered by their first cell from the north, then from the west.

    Attributes
    ----------
    labels:
        (rows, cols) int32, 0 = none.
    polygons:
        One row a hotspot in the order of the numbers: ``label`` and geometry (Polygon or MultiPolygon, OGC:CRS84,
        cut at the antimeridian).
    """

    labels: npt.NDArray[np.int32]
    polygons: gpd.GeoDataFrame


def delineate(
    labelled: npt.NDArray[np.bool_],
    grid: AnalysisGrid,
    people: FloatArray,
    min_people: float,
    protected_km2: FloatArray | None = None,
    min_protected_km2: float = math.inf,
    concentration: FloatArray | None = None,
    saddle_share: float = 0.0,
) -> Delineation:
    """The 8-connected sets of labelled cells that hold enough people or enough protected area.

    Sets with several centres of ``concentration`` are split at their saddles (`hotspots.centres.split`).

    Parameters
    ----------
    labelled:
        (rows, cols); cells that hold at least one evidence label.
    people:
        (rows, cols); NaN is nobody.
    min_people:
        Sets with fewer people are dropped, unless their protected area is at least ``min_protected_km2``.
    protected_km2:
        (rows, cols); protected area of each cell.
    concentration:
        (rows, cols), e.g. Gi* z; None splits nothing.
    saddle_share:
        Two centres are one if the saddle between them is at least this share of the lower peak; 0 splits nothing.
    """
    labels = label_hotspots(labelled, people, min_people, protected_km2, min_protected_km2, concentration, saddle_share)
    return Delineation(labels, _polygons(labels, int(labels.max(initial=0)), grid))


def label_hotspots(
    labelled: npt.NDArray[np.bool_],
    people: FloatArray,
    min_people: float,
    protected_km2: FloatArray | None = None,
    min_protected_km2: float = math.inf,
    concentration: FloatArray | None = None,
    saddle_share: float = 0.0,
) -> npt.NDArray[np.int32]:
    """The label raster of `delineate`, without outlines; same parameters."""
    components, count = ndimage.label(labelled, structure=EIGHT_NEIGHBOURS)
    kept = _total(people, components, count) >= min_people
    if protected_km2 is not None:
        kept |= _total(protected_km2, components, count) >= min_protected_km2
    numbers = np.zeros(count + 1, dtype=np.int32)
    numbers[1:][kept] = np.arange(1, kept.sum() + 1)
    labels = numbers[components]
    if concentration is not None:
        labels = split(labels, concentration, np.nan_to_num(people), saddle_share, min_people)
    return labels


def stable_ids(polygons: gpd.GeoDataFrame, previous: gpd.GeoDataFrame | None, prefix: str) -> list[str]:
    """An id for each hotspot, in the order of ``polygons``.

    A hotspot takes the id of the earlier one it shares the largest area with; an id goes to one hotspot only, the
    pairs of largest overlap first. A new hotspot is called after a hash of its outline, ``<prefix>-1f0c9a3b``: no
    later hotspot elsewhere can get the id of one that is gone, however long ago, and one that comes back as it was
    is known again.

    Parameters
    ----------
    polygons, previous:
        Geometries in any CRS; ``previous`` has ``hotspot_id``, and is None for a first edition.
    """
    ids: dict[int, str] = {}
    taken: set[str] = set()
    if previous is not None and len(previous):
        earlier = [str(name) for name in previous["hotspot_id"]]
        for _, old, new in overlaps(polygons, previous, earlier):
            if new not in ids and earlier[old] not in taken:
                ids[new] = earlier[old]
                taken.add(earlier[old])
    for new, outline in enumerate(polygons.geometry):
        if new not in ids:
            ids[new] = next(name for name in _names(outline, prefix) if name not in taken)
            taken.add(ids[new])
    return [ids[new] for new in range(len(polygons))]


def _names(outline: BaseGeometry, prefix: str) -> Iterator[str]:
    """Names for a hotspot of this outline; a further one only serves where another hotspot has those before it.

    That is so where a hotspot has moved away from its first outline, which a new one now has exactly.
    """
    # As published, to seven decimals: rounding in the last digits is no other outline.
    rounded = shapely.transform(shapely.normalize(outline), lambda xy: np.round(xy, 7) + 0.0)
    for attempt in itertools.count():
        digest = hashlib.blake2b(rounded.wkb + attempt.to_bytes(4, "little"), digest_size=ID_BYTES)
        yield f"{prefix}-{digest.hexdigest()}"


def narrower_than(polygon: BaseGeometry, accuracy_m: float) -> bool:
    """Whether a hotspot is narrower than ``accuracy_m``, so that its location is uncertain.

    Its width is the shorter side of the smallest rectangle of any direction around it.

    Parameters
    ----------
    polygon:
        In OGC:CRS84, less than a hemisphere wide.
    """
    if accuracy_m <= 0:
        return False
    inside = polygon.representative_point()
    local = CRS.from_dict({"proj": "aeqd", "lat_0": inside.y, "lon_0": inside.x, "datum": "WGS84"})
    to_metres = Transformer.from_crs("OGC:CRS84", local, always_xy=True).transform
    metres = shapely.transform(polygon, to_metres, interleaved=False)
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(metres))
    sides = np.hypot(*(corners[1:3] - corners[:2]).T)
    return bool(sides.min() < accuracy_m)


def _total(values: FloatArray, components: npt.NDArray[np.integer], count: int) -> FloatArray:
    sums = np.bincount(components.ravel(), np.nan_to_num(values).ravel(), minlength=count + 1)
    return sums[1:].astype(np.float64)


def _polygons(labels: npt.NDArray[np.int32], count: int, grid: AnalysisGrid) -> gpd.GeoDataFrame:
    number, parts = outlines(labels, grid.transform)
    whole = collected(number, parts, count)
    in_grid = gpd.GeoSeries(whole, crs=grid.crs)
    if not grid.crs.is_geographic:
        # A straight side of the grid is curved on the globe.
        spacing = VERTEX_SPACING_CELLS * min(grid.cell_width, grid.cell_height)
        in_grid = gpd.GeoSeries(shapely.segmentize(in_grid.array, spacing), crs=grid.crs)
    cut = [_cut(geometry) for geometry in in_grid.to_crs("OGC:CRS84")]
    return gpd.GeoDataFrame({"label": np.arange(1, count + 1)}, geometry=cut, crs="OGC:CRS84")


def _cut(geometry: BaseGeometry) -> BaseGeometry:
    """``geometry`` with longitudes in -180..180, cut where it crosses the antimeridian."""
    oriented = shapely.orient_polygons(geometry)
    west, _, east, _ = oriented.bounds
    if west >= -180 and east <= 180 and east - west < 180:
        return oriented
    # Sides follow the grid's rows, not great circles; the rings already run the right way round.
    if oriented.geom_type == "MultiPolygon":
        return antimeridian.fix_multi_polygon(oriented, fix_winding=False, great_circle=False)
    return antimeridian.fix_polygon(oriented, fix_winding=False, great_circle=False)


def overlaps(
    polygons: gpd.GeoDataFrame, previous: gpd.GeoDataFrame, earlier: list[str]
) -> list[tuple[float, int, int]]:
    """(area, position in ``previous``, position in ``polygons``) of every overlap, largest first, ties by id."""
    new_shapes = polygons.geometry.to_crs(EQUAL_AREA)
    old_shapes = previous.geometry.to_crs(EQUAL_AREA)
    old, new = new_shapes.sindex.query(old_shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(old_shapes.array[old], new_shapes.array[new]))
    pairs = [(float(a), int(o), int(n)) for a, o, n in zip(area, old, new, strict=True) if a > 0]
    return sorted(pairs, key=lambda pair: (-pair[0], earlier[pair[1]], pair[2]))
