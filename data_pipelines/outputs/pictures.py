"""The picture of every raster for web maps, and what its legend needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hotspots.fields import RasterLayer
from hotspots.policy import Publishable
from tiles.picture import Frame, frame, webp
from tiles.style import NOT_ASSESSED, legend


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``pictures/<layer>.webp`` in Web Mercator and ``pictures/<layer>.json`` with corners and classes."""
    target = frame(publishable.grid)
    for name, layer in publishable.raster_layers.items():
        image = folder / "pictures" / f"{name}.webp"
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_bytes(webp(publishable.rasters[name].to_numpy(), target, layer.classes))
        yield image
        about = image.with_suffix(".json")
        about.write_text(json.dumps(description(layer, target), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        yield about


def description(layer: RasterLayer, target: Frame) -> dict[str, object]:
    """Corners as MapLibre's image source takes them (NW, NE, SE, SW), and the legend."""
    return {
        "name": layer.name,
        "title": layer.title,
        "meaning": layer.meaning,
        "unit": layer.unit,
        "basis": layer.classes.basis,
        "standard": layer.standard,
        "coordinates": target.coordinates,
        "classes": [
            {"min": item.lower, "max": item.upper, "colour": item.colour, "label": item.label}
            for item in legend(layer.classes)
        ],
        "not_assessed": {"colour": NOT_ASSESSED, "label": "not assessed", "picture": "transparent"},
    }
