"""Drinking-water intakes from rivers, and the people they serve."""

from __future__ import annotations

import geopandas as gpd

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.schemas import INTAKES, checked


class Options(Settings):
    """Options of intakes: the names of the columns."""

    id_column: str = "intake_id"
    name_column: str = "name"
    latitude_column: str = "latitude"
    longitude_column: str = "longitude"
    people_column: str = "people_served"
    encoding: str = "utf-8"
    delimiter: str = ","


SPEC = SourceSpec("intakes", "intakes", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """The intakes in the region and its margin, in the order of their identifiers; people served may be missing.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    options = request.options_as(Options)
    wanted = tuple(value for key, value in options.model_dump().items() if key.endswith("_column"))
    text = read_table(request.path, wanted, options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, options.latitude_column, options.longitude_column, request.area)
    check_text(ledger, table, [options.name_column])
    people, _, invalid = numbers(table[options.people_column])
    ledger.quarantine(table[ROW][invalid | (people < 0)], "NUMBER_INVALID", options.people_column)
    ledger.quarantine(table[ROW][table[options.id_column] == ""], "ID_MISSING", options.id_column)
    drop_duplicates(ledger, table, [options.id_column], "DUPLICATE_ID")
    kept = ledger.kept(table.assign(people_served=people))
    intakes = gpd.GeoDataFrame(
        {
            "intake_id": kept[options.id_column].astype(str),
            "name": kept[options.name_column].astype(str),
            "people_served": kept["people_served"].astype(float),
        },
        geometry=gpd.points_from_xy(kept["lon"], kept["lat"]),
        crs="OGC:CRS84",
    ).sort_values("intake_id", ignore_index=True)
    return Read(checked(INTAKES, intakes, str(request.path)), (ledger.close(),))
