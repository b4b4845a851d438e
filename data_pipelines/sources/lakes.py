"""Lakes with their volumes, each by the point where the river leaves it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW
from data_pipelines.points import PointOptions, located, read_points
from data_pipelines.registry import adapter
from data_pipelines.validation import drop_duplicates, numbers
from hotspots.schemas import LAKES, checked


class Options(PointOptions):
    """Options of lakes: the names of the columns. The position is that of the outlet."""

    volume_column: str = "volume_km3"
    area_column: str = "area_km2"


SPEC = SourceSpec("lakes", "lakes", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """The lakes in the region and its margin by name; one without a volume is quarantined, the area may be missing.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    options = request.options_as(Options)
    ledger, table = read_points(request, options)
    volume_km3, _, _ = numbers(table[options.volume_column])
    area_km2, _, invalid = numbers(table[options.area_column])
    ledger.quarantine(table[ROW][~(volume_km3 > 0)], "NUMBER_INVALID", options.volume_column)
    ledger.quarantine(table[ROW][invalid | (area_km2 <= 0)], "NUMBER_INVALID", options.area_column)
    drop_duplicates(ledger, table, [options.name_column, "lon", "lat"], "DUPLICATE_ID")
    kept = ledger.kept(table.assign(volume_km3=volume_km3, area_km2=np.where(area_km2 > 0, area_km2, np.nan)))
    columns = {
        "name": kept[options.name_column].astype(str),
        "volume_km3": kept["volume_km3"].astype(float),
        "area_km2": kept["area_km2"].astype(float),
    }
    lakes = located(kept, columns)
    lakes = lakes.iloc[np.lexsort([lakes.geometry.y, lakes.geometry.x, lakes["name"]])].reset_index(drop=True)
    return Read(checked(LAKES, lakes, str(request.path)), (ledger.close(),))
