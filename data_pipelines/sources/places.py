"""Populated places, as GeoNames lists them: a name, an administrative code and perhaps a number of people."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from pydantic import Field

from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW
from data_pipelines.names import names_by_language
from data_pipelines.points import PointOptions, located, read_points
from data_pipelines.registry import adapter
from data_pipelines.validation import check_text, drop_duplicates, numbers
from hotspots.names import NameLanguage
from hotspots.schemas import PLACES, checked


class Options(PointOptions):
    """Options of places: the names of the columns; the defaults are those of GeoNames.

    ``names`` are the columns with names in other languages, e.g. ``{ar = "name_ar"}``.
    """

    id_column: str = "geonameid"
    admin1_column: str = "admin1"
    people_column: str = "population"
    names: dict[NameLanguage, str] = Field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, those of names by language too."""
        return (*super().columns, *self.names.values())


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
    ledger, table = read_points(request, options)
    check_text(ledger, table, list(options.names.values()))
    people, missing, invalid = numbers(table[options.people_column])
    ledger.quarantine(table[ROW][invalid | (people < 0)], "NUMBER_INVALID", options.people_column)
    table = table.assign(people=np.where(missing, 0.0, people))
    drop_duplicates(ledger, table, [options.id_column], "DUPLICATE_ID")
    kept = ledger.kept(table)
    columns = {
        "place_id": kept[options.id_column].astype(str),
        "name": kept[options.name_column].astype(str),
        **names_by_language(kept, options.names),
        "admin1": kept[options.admin1_column].astype(str),
        "people": kept["people"].astype(float),
    }
    places = located(kept, columns).sort_values("place_id", ignore_index=True)
    return Read(checked(PLACES, places, str(request.path)), (ledger.close(),))
