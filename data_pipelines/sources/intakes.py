"""Drinking-water intakes from rivers, and the people they serve."""

from __future__ import annotations

import geopandas as gpd

from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW
from data_pipelines.points import PointOptions, located, read_points
from data_pipelines.registry import adapter
from data_pipelines.validation import drop_duplicates, numbers
from hotspots.schemas import INTAKES, checked


class Options(PointOptions):
    """Options of intakes: the names of the columns."""

    id_column: str = "intake_id"
    people_column: str = "people_served"


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
    ledger, table = read_points(request, options)
    people, _, invalid = numbers(table[options.people_column])
    ledger.quarantine(table[ROW][invalid | (people < 0)], "NUMBER_INVALID", options.people_column)
    ledger.quarantine(table[ROW][table[options.id_column] == ""], "ID_MISSING", options.id_column)
    drop_duplicates(ledger, table, [options.id_column], "DUPLICATE_ID")
    kept = ledger.kept(table.assign(people_served=people))
    columns = {
        "intake_id": kept[options.id_column].astype(str),
        "name": kept[options.name_column].astype(str),
        "people_served": kept["people_served"].astype(float),
    }
    intakes = located(kept, columns).sort_values("intake_id", ignore_index=True)
    return Read(checked(INTAKES, intakes, str(request.path)), (ledger.close(),))
