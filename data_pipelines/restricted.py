"""The rows that holders of the right to read restricted data may read in full: read apart, kept apart, never cached."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pandas as pd

from data_pipelines.inputs import read_inputs
from data_pipelines.outputs.spreadsheet import csv_text
from data_pipelines.policy import Permit
from hotspots.editions.restricted import Kept
from hotspots.policy import Publishable
from hotspots.policy.restricted import RestrictedTable, restricted_tables
from hotspots.progress import Silent

GEOJSON, CSV = "application/geo+json", "text/csv"


def restricted_files(may: Permit, ready: Publishable, today: date) -> tuple[Kept, ...]:
    """The files for those who may read restricted data of the region; none where nobody allows it.

    Errors of reading may hold rows: they go through `Permit.sayable`.
    """
    if may.in_full is None:
        return ()
    inputs = read_inputs(may.in_full, today, Silent())
    tables = restricted_tables(inputs, may.rules, ready.attribution)
    return tuple(file for table in tables for file in _files(table, ready))


def _files(table: RestrictedTable, ready: Publishable) -> tuple[Kept, ...]:
    rows = pd.DataFrame(table.table)
    if isinstance(table.table, gpd.GeoDataFrame):
        rows = rows.drop(columns="geometry").assign(lon=table.table.geometry.x, lat=table.table.geometry.y)
    files = [Kept(table.countries, table.dataset, f"{table.name}.csv", CSV, csv_text(rows))]
    if isinstance(table.table, gpd.GeoDataFrame):
        data = _collection(table.table, table.name, ready)
        files.append(Kept(table.countries, table.dataset, f"{table.name}.geojson", GEOJSON, data))
    return tuple(files)


def _collection(table: gpd.GeoDataFrame, name: str, ready: Publishable) -> bytes:
    """A FeatureCollection (RFC 7946) that says what it is."""
    policy = ready.policy
    head = {"name": name, "access": "restricted: for the reader alone", "disclaimer": policy.disclaimer}
    found = json.loads(table.to_json(na="null", drop_id=True, show_bbox=False))
    return json.dumps({"type": "FeatureCollection", **head, "features": found["features"]}, indent=1).encode()
