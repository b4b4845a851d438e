"""What the burden of a hotspot is made of: the percentile and share of each dimension, and the data behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.contributors import contributors
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
    """Of each dimension its ``weight`` in the burden and the ids of its ``datasets``; and these by title and year."""
    inputs = {file.dataset: file for file in edition.manifest.inputs}
    scoring: Any = edition.manifest.method["scoring"]
    used = frozenset({FACILITIES}).union(*ROLES.values())
    return {
        "datasets": {name: _dated(file) for name, file in inputs.items() if file.provides in used},
        "dimensions": {
            name: {
                "weight": weight,
                "datasets": [dataset for dataset, file in inputs.items() if file.provides in ROLES[name]],
            }
            for name, weight in scoring["dimension_weights"]
        },
    }


def burden_parts(row: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[BurdenPart, ...]:
    """The dimensions that are assessed at a hotspot; none in editions that do not tell their percentiles.

    ``data`` is that of the map page. Shares are of weight × percentile: those of the burden itself where all cells of
    the hotspot have the same dimensions.
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
    listed = [str(entry["id"]).partition(":")[0] for entry in contributors(row) if entry["dimension"] == dimension]
    names = dict.fromkeys([*known["dimensions"][dimension]["datasets"], *listed])
    return tuple(known["datasets"][name] for name in names if name in known["datasets"])


def _dated(file: InputFile) -> str:
    return file.title if file.year is None else f"{file.title} ({file.year})"
