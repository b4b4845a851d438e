"""Populated places, as GeoNames lists them: a name, an administrative code and perhaps a number of people."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.schemas import PLACES, checked


class Options(Settings):
    """Options of places: the names of the columns; the defaults are those of GeoNames."""

    id_column: str = "geonameid"
    name_column: str = "name"
    admin1_column: str = "admin1"
    people_column: str = "population"
    latitude_column: str = "latitude"
    longitude_column: str = "longitude"
    encoding: str = "utf-8"
    delimiter: str = ","


SPEC = SourceSpec("places", "places", Options, needs=("units",))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """The places in the region and its margin, in the order of their identifiers; 0 people means not stated.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    options = request.options_as(Options)
    columns = (
        options.id_column,
        options.name_column,
        options.admin1_column,
        options.people_column,
        options.latitude_column,
        options.longitude_column,
    )
    text = read_table(request.path, columns, options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, options.latitude_column, options.longitude_column, request.area)
    check_text(ledger, table, [options.name_column])
    people, missing, invalid = numbers(table[options.people_column])
    ledger.quarantine(table[ROW][invalid | (people < 0)], "NUMBER_INVALID", options.people_column)
    table = table.assign(people=np.where(missing, 0.0, people))
    drop_duplicates(ledger, table, [options.id_column], "DUPLICATE_ID")
    kept = ledger.kept(table)
    places = gpd.GeoDataFrame(
        {
            "place_id": kept[options.id_column].astype(str),
            "name": kept[options.name_column].astype(str),
            "admin1": kept[options.admin1_column].astype(str),
            "people": kept["people"].astype(float),
        },
        geometry=gpd.points_from_xy(kept["lon"], kept["lat"]),
        crs="OGC:CRS84",
    ).sort_values("place_id", ignore_index=True)
    return Read(checked(PLACES, places, str(request.path)), (ledger.close(),))
