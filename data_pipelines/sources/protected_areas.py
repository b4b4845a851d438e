"""Protected areas in the columns of the World Database on Protected Areas, or in others that are mapped to them.

Layout of the monthly releases: the WDPA user manual (columns until 2024: ``WDPA_PID``, ``MARINE``), and what public
programs read of those since (``SITE_PID``, ``REALM``). A country's release is a zip with three zips, ``…_shp_0.zip`` to
``…_shp_2.zip``, each with ``…-polygons.shp`` and ``…-points.shp``, or with a geodatabase of the layers
``WDPA_WDOECM_poly_…`` and ``WDPA_WDOECM_point_…``.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table, require_columns
from data_pipelines.ledger import Ledger
from data_pipelines.polygons import keep_polygons
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from data_pipelines.vector_archives import read_archive
from data_pipelines.vectors import LONLAT, read_vector
from hotspots.grid import AnalysisGrid
from hotspots.protection import circle
from hotspots.quality import DatasetQuality
from hotspots.schemas import PROTECTED, checked

EXCLUDED_STATUSES = ("proposed", "not reported")
EXCLUDED_DESIGNATION = "unesco-mab"
MARINE = ("1", "2", "true", "yes", "coastal", "marine")
"""WDPA: 0 terrestrial, 1 coastal (partly sea), 2 marine."""
FILES = ("file", "polygons", "points")


class Columns(Settings):
    """Which column holds what; the defaults of WDPA are in `WDPA`. ``latitude`` and ``longitude`` are for CSV files."""

    name: str
    designation: str
    id: str | None = None
    iucn_category: str | None = None
    marine: str | None = None
    reported_area_km2: str | None = None
    status: str | None = None
    latitude: str = "latitude"
    longitude: str = "longitude"

    def mapped(self) -> tuple[str, ...]:
        """The names of all columns that are mapped, but for the position."""
        own = self.model_dump(exclude={"latitude", "longitude"})
        return tuple(name for name in own.values() if name is not None)


WDPA = Columns(
    name="NAME",
    designation="DESIG_ENG",
    id="WDPA_PID",
    iucn_category="IUCN_CAT",
    marine="MARINE",
    reported_area_km2="REP_AREA",
    status="STATUS",
)


WDPCA = WDPA.model_copy(update={"id": "SITE_PID", "marine": "REALM"})
"""The same since the releases of 2025."""


class Options(Settings):
    """Options of protected_areas.

    Without ``columns`` those of the database are looked for, as they are since 2025 or as they were before.
    """

    columns: Columns | None = None
    encoding: str | None = None
    layer: str | None = None


SPEC = SourceSpec("protected_areas", "protected_areas", Options, needs=("units", "population"), files=FILES)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """The areas that touch the analysis grid, as polygons; a point becomes a circle of its reported area.

    Proposed and unreported areas, UNESCO-MAB reserves and points without an area are set aside, as UNEP-WCMC advises.
    Areas keep their whole outline where they reach beyond the grid.

    Raises
    ------
    InputError
        If a file cannot be used or lacks a column.
    """
    parts = [_read_file(request, request.files[name]) for name in FILES if name in request.files]
    areas = pd.concat([table for table, _ in parts], ignore_index=True)
    areas = areas.drop_duplicates("protected_id").sort_values("protected_id", ignore_index=True)
    return Read(checked(PROTECTED, areas, request.ref.id), tuple(quality for _, quality in parts))


def _read_file(request: ReadRequest, path: Path) -> tuple[gpd.GeoDataFrame, DatasetQuality]:
    options = request.options_as(Options)
    if path.suffix.lower() in (".csv", ".gz"):
        columns = options.columns or _columns(read_table(path, (), options.encoding or "utf-8").frame)
        table, ledger = _read_points(request, path, options, columns)
    else:
        raw = _read_layers(path, options)
        columns = options.columns or _columns(raw)
        require_columns(path, raw.columns, columns.mapped())
        table, ledger = raw, Ledger(request.ref.id, path, len(raw))
    table = _canonical(table, columns)
    check_text(ledger, table, ["name"])
    excluded = table["status"].str.lower().isin(EXCLUDED_STATUSES)
    ledger.quarantine(table[ROW][excluded], "STATUS_EXCLUDED", table["status"][excluded])
    biosphere = table["designation"].str.lower().str.contains(EXCLUDED_DESIGNATION, regex=False)
    ledger.quarantine(table[ROW][biosphere], "STATUS_EXCLUDED", table["designation"][biosphere])
    table = _outlines(ledger, ledger.kept(table))
    table = _in_region(ledger, ledger.kept(table), request)
    drop_duplicates(ledger, table, ["protected_id"], "DUPLICATE_ID")
    kept = ledger.kept(table).assign(protected_id=lambda rows: request.ref.id + ":" + rows["protected_id"])
    return kept[list(PROTECTED.columns)], ledger.close()


def _columns(table: pd.DataFrame) -> Columns:
    return WDPCA if WDPCA.id in table.columns else WDPA


def _read_layers(path: Path, options: Options) -> gpd.GeoDataFrame:
    if path.suffix.lower() == ".zip":
        return read_archive(path, options.encoding)
    return read_vector(path, options.encoding, options.layer)


def _read_points(
    request: ReadRequest, path: Path, options: Options, columns: Columns
) -> tuple[gpd.GeoDataFrame, Ledger]:
    wanted = (*columns.mapped(), columns.latitude, columns.longitude)
    text = read_table(path, wanted, options.encoding or "utf-8")
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, columns.latitude, columns.longitude, request.area)
    kept = ledger.kept(table)
    return gpd.GeoDataFrame(kept, geometry=gpd.points_from_xy(kept["lon"], kept["lat"]), crs=LONLAT), ledger


def _canonical(table: gpd.GeoDataFrame, columns: Columns) -> gpd.GeoDataFrame:
    """The mapped columns under their canonical names; what is not mapped is empty."""
    text = {
        name: _text(table, column)
        for name, column in columns.model_dump(exclude={"latitude", "longitude", "reported_area_km2"}).items()
    }
    area, _, _ = numbers(_text(table, columns.reported_area_km2))
    canonical = gpd.GeoDataFrame(
        {
            "protected_id": text["id"].where(text["id"] != "", text["name"]),
            "name": text["name"],
            "designation": text["designation"],
            "iucn_category": text["iucn_category"],
            "marine": text["marine"].str.lower().isin(MARINE),
            "reported_area_km2": area,
            "status": text["status"],
            ROW: table[ROW],
        },
        geometry=table.geometry,
        crs=table.crs,
    )
    return canonical


def _text(table: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].map(lambda value: "" if pd.isna(value) else str(value).strip()).astype("str")


def _outlines(ledger: Ledger, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons as they are, points as circles of their area; points without one are quarantined."""
    points = table.geometry.geom_type.isin(["Point", "MultiPoint"]).fillna(False)
    without = points & ~(table["reported_area_km2"] > 0)
    ledger.quarantine(table[ROW][without], "AREA_MISSING", table["name"][without])
    shapes = table.geometry.copy()
    for index in table.index[points & ~without]:
        centre = shapely.centroid(shapes[index])
        shapes[index] = circle(centre.x, centre.y, float(table["reported_area_km2"][index]))
    outlined = table.set_geometry(shapes).assign(from_point=points)
    return keep_polygons(ledger, ledger.kept(outlined))


def _in_region(ledger: Ledger, table: gpd.GeoDataFrame, request: ReadRequest) -> gpd.GeoDataFrame:
    """Set aside the areas that do not touch the analysis grid."""
    if request.grid is not None:
        away = ~table.geometry.intersects(_footprint(request.grid))
        ledger.quarantine(table[ROW][away], "OUTSIDE_REGION", table["name"][away])
    return table


def _footprint(grid: AnalysisGrid) -> shapely.Polygon:
    """The outline of the grid in longitude and latitude."""
    rows = np.r_[
        np.zeros(grid.cols), np.arange(grid.rows), np.full(grid.cols, grid.rows - 1), np.arange(grid.rows)[::-1]
    ]
    cols = np.r_[
        np.arange(grid.cols), np.full(grid.rows, grid.cols - 1), np.arange(grid.cols)[::-1], np.zeros(grid.rows)
    ]
    return shapely.Polygon(np.column_stack(grid.lonlat(rows, cols)))
