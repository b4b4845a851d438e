"""What a click on the snapshot map tells, as HTML in which no value is ever markup or template."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from hotspots.fields import DIMENSION_TITLES, PRESSURE_NOTES, VectorLayer
from hotspots.pollutants import Pollutant

EVIDENCE = {
    "exceeds_standard": "Exceeds a standard: above the national limit or the first interim target of WHO.",
    "clustered": "Clustered: high values lie together more than chance allows.",
    "high_priority": "High priority: people here are in the tenth of all with the highest priority.",
}
TOP = 5


def hotspot_popup(layer: VectorLayer, cells: Mapping[str, Any], count: int, pollutants: Mapping[str, Pollutant]) -> str:
    """Who lives in one hotspot, why it is one, what presses on it. ``count`` is that of its ranking."""
    titles = {field.name: field.title.lower() for field in layer.fields}
    rule = titles.get(str(cells["rank_rule"]), str(cells["rank_rule"]))
    where = f" in {_plain(cells['units'])}" if cells.get("units") else ""
    evidence = "".join(f"<li>{_plain(text)}</li>" for name, text in EVIDENCE.items() if cells.get(name))
    if cells.get("exceeds_standard") is None:
        evidence += "<li>Standards: not assessed.</li>"
    return (
        f"<h2>{_plain(cells['name'] or cells['hotspot_id'])}</h2>"
        f"<p>Rank {_plain(cells['rank'])} of {count} by {_plain(rule)} · {_plain(_dimension(cells['dimension']))}</p>"
        f"<p><b>{number(cells['people'])} people</b> on {number(cells['area_km2'])} km²{where}</p>"
        f"<h3>Why</h3><ul>{evidence}</ul>"
        f"{_contributors(cells['top_sources'] or [])}"
        f"<h3>Pressures</h3>{_pressures(layer, cells, pollutants)}"
        f"<p><small>Data quality {_plain(cells['quality'])} (A best, E worst)."
        f" Not assessed: {_plain(cells['not_assessed'] or 'nothing')}.</small></p>"
    )


def source_popup(layer: VectorLayer, cells: Mapping[str, Any]) -> str:
    """What one source is and what it releases."""
    releases = tuple(field.name for field in layer.fields if field.name.startswith("release_"))
    names = ("kind", "sector", "country", "status", "year", *releases, "rank", "quality")
    head = f"<h2>{_plain(cells['name'] or cells['source_id'])}</h2>"
    unknown = "" if cells["releases_assessed"] else "<p>Releases not assessed</p>"
    across = "<p>Across the border</p>" if cells["transboundary"] else ""
    return head + across + _table(layer, cells, names) + unknown


def number(value: float) -> str:
    """``value`` as people read it: whole with thousands from 100 on, three digits below."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _pressures(layer: VectorLayer, cells: Mapping[str, Any], pollutants: Mapping[str, Pollutant]) -> str:
    """Scores, pressures, and the increments of the pollutants that are scored, each with its caveat."""
    scored = [pollutant for pollutant in pollutants.values() if pollutant.guideline is not None]
    increments = {f"{pollutant.id}_increment_ug_m3": pollutant for pollutant in scored}
    pressures = [field.name for field in layer.fields if field.name.endswith("_pressure")]
    caveats = [
        f"<p><small>{DIMENSION_TITLES[name]}: {_plain(note)}</small></p>"
        for name, note in PRESSURE_NOTES.items()
        if cells.get(f"{name}_pressure") is not None
    ]
    caveats += [
        f"<p><small>{_plain(pollutant.name)}: {_plain(pollutant.note)}</small></p>"
        for name, pollutant in increments.items()
        if pollutant.note and cells.get(name) is not None
    ]
    names = ("priority", "burden", "people_near_stream", *pressures, *increments)
    return _table(layer, cells, names) + "".join(caveats)


def _contributors(items: list[Mapping[str, Any]]) -> str:
    """The leading contributors of each dimension, most first."""
    by_dimension: dict[str, list[str]] = {}
    for item in items:
        share = item.get("share")
        part = f": {100 * float(share):.0f} %" if share is not None else ""
        by_dimension.setdefault(str(item.get("dimension", "")), []).append(f"{_plain(item.get('name', ''))}{part}")
    return "".join(
        f"<h3>Leading contributors: {_plain(_dimension(name))}</h3>"
        f"<ol>{''.join(f'<li>{line}</li>' for line in lines[:TOP])}</ol>"
        for name, lines in by_dimension.items()
    )


def _dimension(name: object) -> str:
    return DIMENSION_TITLES.get(str(name), str(name)).lower()


def _table(layer: VectorLayer, cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    rows = []
    for name in names:
        if cells.get(name) in (None, ""):
            continue
        field = layer.field(name)
        scale = field.unit is not None and field.unit.startswith("0–")
        title = f"{field.title} ({field.unit})" if scale else field.title
        unit = "" if scale or field.unit in (None, "people", "1") else f" {field.unit}"
        value = cells[name]
        shown = number(value) if isinstance(value, float) else str(value)
        rows.append(f"<tr><th>{_plain(title)}</th><td>{_plain(shown)}{_plain(unit)}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _plain(value: object) -> str:
    """``value`` as text that stays text: folium renders what it is given as a Jinja template once more."""
    return escape(str(value)).replace("{", "&#123;").replace("}", "&#125;")
