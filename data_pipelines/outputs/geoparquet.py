"""GeoParquet 1.1, zstd."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_pipelines.outputs.features import published_table
from data_pipelines.outputs.notice import notice
from hotspots.fields import VectorLayer
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``vectors/<layer>.parquet`` of every published feature table, each column with its meaning and unit."""
    for layer in publishable.vector_layers.values():
        path = folder / "vectors" / f"{layer.name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        published_table(publishable, layer).to_parquet(buffer, schema_version="1.1.0", write_covering_bbox=True)
        table = pq.read_table(buffer)
        said = notice(publishable, layer.title, layer.meaning)
        schema = pa.schema([_described(layer, column) for column in table.schema])
        schema = schema.with_metadata({**table.schema.metadata, b"notice": json.dumps(said, ensure_ascii=False)})
        pq.write_table(table.cast(schema), path, compression="zstd")
        yield path


def _described(layer: VectorLayer, column: pa.Field) -> pa.Field:
    known = {field.name: field for field in layer.fields}
    field = known.get(column.name)
    if field is None:
        return column
    return column.with_metadata({"title": field.title, "description": field.meaning, "unit": field.unit or ""})
