"""The codebook: every published layer and field, from the field registry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields import Classes, Field, RasterLayer, VectorLayer
from hotspots.fields.report_tables import REPORT_TABLES, ReportTable
from hotspots.policy import Publishable
from tiles.style import legend

Entry = dict[str, object]


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/codebook.json``, ``.csv`` (one line a field or raster) and ``.md``."""
    report = folder / "report"
    report.mkdir(parents=True, exist_ok=True)
    vectors = [_vector(publishable, layer) for layer in publishable.vector_layers.values()]
    rasters = [_raster(layer) for layer in publishable.raster_layers.values()]
    tables = [_table(table) for table in REPORT_TABLES]
    as_json = report / "codebook.json"
    text = json.dumps({"vectors": vectors, "rasters": rasters, "tables": tables}, ensure_ascii=False, indent=1)
    as_json.write_text(text + "\n", encoding="utf-8")
    yield as_json
    write_csv(_flat(vectors, rasters, tables), report / "codebook.csv")
    yield report / "codebook.csv"
    as_markdown = report / "codebook.md"
    as_markdown.write_text(_markdown(publishable, vectors, rasters, tables), encoding="utf-8", newline="\n")
    yield as_markdown


def _vector(publishable: Publishable, layer: VectorLayer) -> Entry:
    published = publishable.tables[layer.name].columns
    fields = [_field(field) for field in layer.fields if field.name in published]
    head: Entry = {"name": layer.name, "title": layer.title, "meaning": layer.meaning, "id_field": layer.id_field}
    return head | {"geometry": layer.geometry, "fields": fields}


def _table(table: ReportTable) -> Entry:
    fields = [_field(field) for field in table.fields]
    return {"name": table.name, "file": table.file, "title": table.title, "meaning": table.meaning, "fields": fields}


def _field(field: Field) -> Entry:
    return {
        "name": field.name,
        "title": field.title,
        "meaning": field.meaning,
        "kind": field.kind,
        "unit": field.unit,
        "extent": field.extent,
        "classes": _classes(field.classes),
    }


def _raster(layer: RasterLayer) -> Entry:
    return {
        "name": layer.name,
        "title": layer.title,
        "meaning": layer.meaning,
        "kind": "number",
        "unit": layer.unit,
        "extent": layer.extent,
        "standard": layer.standard,
        "validity": layer.validity,
        "classes": _classes(layer.classes),
    }


def _classes(classes: Classes | None) -> Entry | None:
    if classes is None:
        return None
    items = [{"min": c.lower, "max": c.upper, "colour": c.colour, "label": c.label} for c in legend(classes)]
    return {"breaks": classes.breaks, "ramp": classes.ramp, "basis": classes.basis, "items": items}


def _flat(vectors: list[Entry], rasters: list[Entry], tables: list[Entry]) -> pd.DataFrame:
    columns = ["layer", "type", "name", "title", "meaning", "kind", "unit", "extent", "standard", "class_breaks"]
    rows = [
        {**field, "layer": layer["name"], "type": kind}
        for kind, layers in (("vector field", vectors), ("table field", tables))
        for layer in layers
        for field in layer["fields"]  # type: ignore[attr-defined]
    ]
    rows += [{**raster, "layer": raster["name"], "type": "raster"} for raster in rasters]
    for row in rows:
        classes = row["classes"]
        row["class_breaks"] = " ".join(f"{value:g}" for value in classes["breaks"]) if classes else ""
    return pd.DataFrame(rows, columns=columns)


def _markdown(publishable: Publishable, vectors: list[Entry], rasters: list[Entry], tables: list[Entry]) -> str:
    lines = [f"# Codebook: {publishable.assessment.region.title}", ""]
    lines += ["An empty value means *not assessed*, never zero.", ""]
    headed = [(f"vectors/{layer['name']}", layer) for layer in vectors]
    for path, layer in [*headed, *((f"report/{table['file']}", table) for table in tables)]:
        lines += [f"## {layer['title']} (`{path}`)", "", str(layer["meaning"]), ""]
        lines += ["| field | title | unit | meaning |", "|---|---|---|---|"]
        lines += [_line(field) for field in layer["fields"]]  # type: ignore[attr-defined]
        lines.append("")
    lines += ["## Rasters (`rasters/`)", "", "| raster | title | unit | meaning |", "|---|---|---|---|"]
    lines += [_line(raster) for raster in rasters]
    return "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    meaning = str(entry["meaning"])
    if entry.get("standard"):
        meaning += f" Standard: {entry['standard']}."
    if entry["extent"] != "none":
        meaning += f" ({str(entry['extent']).capitalize()}.)"
    cells = (f"`{entry['name']}`", str(entry["title"]), str(entry["unit"] or ""), meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
