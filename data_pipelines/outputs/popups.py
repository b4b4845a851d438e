"""What a click on the snapshot map tells, as HTML in which no value is ever markup or template."""

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
    lines = [f"<h2>{_plain(cells['name'] or cells['hotspot_id'])}</h2>"]
    titles = {field.name: field.title for field in layer.fields}
    rule = titles.get(str(cells["rank_rule"]), str(cells["rank_rule"]))
    lines.append(f"<p>Rank {_text(cells['rank'])} · {_plain(dimension)} · by {_plain(rule.lower())}</p>")
    lines.append(_table(layer, cells, ("people", "area_km2", "priority", "burden", "units", "quality", "not_assessed")))
    evidence = [layer.field(name).title for name in EVIDENCE if cells.get(name)]
    lines.append(f"<p>Evidence: {_plain(', '.join(evidence)) or 'none'}</p>")
    if cells["top_sources"]:
        items = "".join(_contributor(item) for item in cells["top_sources"][:TOP])
        lines.append(f"<p>Leading contributors</p><ol>{items}</ol>")
    return "".join(lines)


def source_popup(layer: VectorLayer, cells: Mapping[str, Any]) -> str:
    """What one source is and what it releases."""
    releases = tuple(field.name for field in layer.fields if field.name.startswith("release_"))
    names = ("kind", "sector", "country", "status", "year", *releases, "rank", "quality")
    head = f"<h2>{_plain(cells['name'] or cells['source_id'])}</h2>"
    unknown = "" if cells["releases_assessed"] else "<p>Releases not assessed</p>"
    across = "<p>Across the border</p>" if cells["transboundary"] else ""
    return head + across + _table(layer, cells, names) + unknown


def _contributor(item: Mapping[str, Any]) -> str:
    share = item.get("share")
    part = f": {100 * float(share):.0f} %" if share is not None else ""
    return f"<li>{_plain(item.get('name', ''))} ({_plain(item.get('dimension', ''))}){part}</li>"


def _table(layer: VectorLayer, cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    rows = []
    for name in names:
        if cells.get(name) in (None, ""):
            continue
        field = layer.field(name)
        scale = field.unit is not None and field.unit.startswith("0–")
        title = f"{field.title} ({field.unit})" if scale else field.title
        unit = "" if scale or field.unit in (None, "people", "1") else f" {field.unit}"
        rows.append(f"<tr><th>{_plain(title)}</th><td>{_text(cells[name])}{_plain(unit)}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _text(value: object) -> str:
    if isinstance(value, float):
        value = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return _plain(value)


def _plain(value: object) -> str:
    """``value`` as text that stays text: folium renders what it is given as a Jinja template once more."""
    return escape(str(value)).replace("{", "&#123;").replace("}", "&#125;")
