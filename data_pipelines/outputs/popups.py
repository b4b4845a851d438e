"""What a click on the snapshot map tells, as HTML in which every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from hotspots.fields import DIMENSION_TITLES, VectorLayer

EVIDENCE = ("exceeds_standard", "clustered", "high_priority")
TOP = 5


def hotspot_popup(layer: VectorLayer, cells: Mapping[str, Any]) -> str:
    """Rank, people, scores, evidence and the leading contributors of one hotspot."""
    dimension = DIMENSION_TITLES.get(str(cells["dimension"]), str(cells["dimension"]))
    lines = [f"<h2>{escape(str(cells['name'] or cells['hotspot_id']))}</h2>"]
    lines.append(f"<p>Rank {_text(cells['rank'])} · {escape(dimension)} · by {_text(cells['rank_rule'])}</p>")
    lines.append(_table(layer, cells, ("people", "area_km2", "priority", "burden", "units", "quality", "not_assessed")))
    evidence = [layer.field(name).title for name in EVIDENCE if cells.get(name)]
    lines.append(f"<p>Evidence: {escape(', '.join(evidence)) or 'none'}</p>")
    if cells["top_sources"]:
        items = "".join(_contributor(item) for item in cells["top_sources"][:TOP])
        lines.append(f"<p>Leading contributors</p><ol>{items}</ol>")
    return "".join(lines)


def source_popup(layer: VectorLayer, cells: Mapping[str, Any]) -> str:
    """What one source is and what it releases."""
    releases = tuple(field.name for field in layer.fields if field.name.startswith("release_"))
    names = ("kind", "sector", "country", "status", "year", *releases, "rank", "quality")
    head = f"<h2>{escape(str(cells['name'] or cells['source_id']))}</h2>"
    unknown = "" if cells["releases_assessed"] else "<p>Releases not assessed</p>"
    across = "<p>Across the border</p>" if cells["transboundary"] else ""
    return head + across + _table(layer, cells, names) + unknown


def _contributor(item: Mapping[str, Any]) -> str:
    share = item.get("share")
    part = f": {100 * float(share):.0f} %" if share is not None else ""
    return f"<li>{escape(str(item.get('name', '')))} ({escape(str(item.get('dimension', '')))}){part}</li>"


def _table(layer: VectorLayer, cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    rows = []
    for name in names:
        if cells.get(name) in (None, ""):
            continue
        field = layer.field(name)
        unit = f" {escape(field.unit)}" if field.unit and field.unit not in ("people", "1") else ""
        rows.append(f"<tr><th>{escape(field.title)}</th><td>{_text(cells[name])}{unit}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _text(value: object) -> str:
    if isinstance(value, float):
        value = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return escape(str(value))
