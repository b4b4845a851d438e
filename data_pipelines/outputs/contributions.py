"""Who contributes how much: the first of each hotspot for people, the whole matrix for programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields.report_tables import ATTRIBUTION
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/contributions.csv``, shares sum to 1 for each hotspot and dimension, and ``report/attribution.parquet``.

    Each column of the latter carries its title, meaning and unit.
    """
    path = folder / "report" / "contributions.csv"
    order = ["hotspot_id", "dimension", "rank", "contributor_id"]
    write_csv(publishable.contributions.sort_values(order, kind="stable", ignore_index=True), path)
    yield path
    matrix = folder / "report" / ATTRIBUTION.file
    fields = [
        pa.field(
            field.name,
            pa.float64() if field.kind == "number" else pa.dictionary(pa.int32(), pa.string()),
            metadata={"title": field.title, "description": field.meaning, "unit": field.unit or ""},
        )
        for field in ATTRIBUTION.fields
    ]
    table = pa.Table.from_pandas(publishable.attribution, schema=pa.schema(fields), preserve_index=False)
    pq.write_table(table.replace_schema_metadata(), matrix, compression="zstd")
    yield matrix
