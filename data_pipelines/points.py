"""Tables of named points: what adapters of places, lakes and intakes read alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from config.reading import Settings
from data_pipelines.contract import ReadRequest
from data_pipelines.files import read_table
from data_pipelines.ledger import Ledger
from data_pipelines.validation import check_coordinates, check_text


class PointOptions(Settings):
    """The columns of every such table; what an adapter adds ends in ``_column`` too."""

    name_column: str = "name"
    latitude_column: str = "latitude"
    longitude_column: str = "longitude"
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(value for key, value in self.model_dump().items() if key.endswith("_column"))


def read_points(request: ReadRequest, options: PointOptions) -> tuple[Ledger, pd.DataFrame]:
    """The table as text with ``lon`` and ``lat``; faulty coordinates and texts stand in the ledger.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    text = read_table(request.path, options.columns, options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, options.latitude_column, options.longitude_column, request.area)
    check_text(ledger, table, [options.name_column])
    return ledger, table


def located(kept: pd.DataFrame, columns: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """``columns`` at the ``lon`` and ``lat`` of the rows that were kept."""
    return gpd.GeoDataFrame(dict(columns), geometry=gpd.points_from_xy(kept["lon"], kept["lat"]), crs="OGC:CRS84")
