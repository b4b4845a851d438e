"""What the burden of a hotspot is made of: the percentile and share of each dimension, and the data behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotspots.editions import Edition
from hotspots.editions.manifest import InputFile

FACILITIES = "facilities"
ROLES: Mapping[str, frozenset[str]] = {
    "air": frozenset({"population", "wind", "gridded_releases"}),
    "freshwater": frozenset({"population", "rivers", "lakes"}),
    "land": frozenset({"population"}),
    "marine": frozenset({"population", "rivers"}),
}
"""What a dimension is made from beside lists of facilities, of which those count that its contributors are in."""


@dataclass(frozen=True)
class BurdenPart:
    """One dimension of a hotspot's burden.

    ``percentile`` is 0..100; ``share`` that of the burden, 0..1, None where the burden is 0; ``datasets`` are titles
    with years.
    """

    title: str
    percentile: float
    share: float | None
    datasets: tuple[str, ...]


def burden_data(edition: Edition) -> dict[str, Any]:
    """Of each assessed dimension its ``weight`` in the burden and the ``datasets`` behind it, as title and year.

    ``facilities`` are the lists of facilities by their id, as title and year.
    """
    manifest = edition.manifest
    inputs = {file.dataset: file for file in manifest.inputs}
    scoring: Any = manifest.method["scoring"]
    return {
        "dimensions": {
            name: {
                "weight": weight,
                "datasets": [_dated(file) for file in inputs.values() if file.provides in ROLES[name]],
            }
            for name, weight in scoring["dimension_weights"]
            if name in manifest.status and manifest.status[name].state != "not_assessed"
        },
        "facilities": {name: _dated(file) for name, file in inputs.items() if file.provides == FACILITIES},
    }


def burden_parts(row: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[BurdenPart, ...]:
    """The dimensions that are assessed at a hotspot; none in editions that do not tell their percentiles.

    ``row`` is that of a list (`api.local_names.with_contributors`), ``data`` that of the map page. Shares are of
    weight × percentile: those of the burden itself where all cells of the hotspot have the same dimensions.
    """
    known, titles = data["burden"], data["dimensions"]
    percentiles = {
        name: row[f"{name}_percentile"] for name in known["dimensions"] if row.get(f"{name}_percentile") is not None
    }
    parts = {name: known["dimensions"][name]["weight"] * value for name, value in percentiles.items()}
    total = sum(parts.values())
    return tuple(
        BurdenPart(titles[name], value, parts[name] / total if total else None, _titles(row, name, known))
        for name, value in percentiles.items()
    )


def _titles(row: Mapping[str, Any], dimension: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The datasets behind a dimension here: its own, then those of the contributors that are named."""
    listed = [str(entry["id"]).partition(":")[0] for entry in row["top_sources"] if entry["dimension"] == dimension]
    lists = [known["facilities"][name] for name in dict.fromkeys(listed) if name in known["facilities"]]
    return (*known["dimensions"][dimension]["datasets"], *lists)


def _dated(file: InputFile) -> str:
    return file.title if file.year is None else f"{file.title} ({file.year})"
