"""The ground of still maps: land and boundaries of the region, drawn by the page before its map and by the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from data_pipelines.outputs.features import MANY_UNITS, disputed, groups, published_table
from hotspots.policy import Publishable
from tiles.ground import Projection, ground
from tiles.picture import frame


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``pictures/ground.json``: SVG paths over the pictures; none where no administrative units are published.

    Units that are many are drawn as the groups they form.
    """
    if "admin" not in publishable.tables or publishable.tables["admin"].empty:
        return
    units = published_table(publishable, publishable.vector_layers["admin"])
    shapes = groups(units) if len(units) > MANY_UNITS else units
    drawn = ground(shapes.geometry.to_numpy(), disputed(shapes), Projection(frame(publishable.grid).coordinates))
    path = folder / "pictures" / "ground.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(drawn), indent=1) + "\n", encoding="utf-8")
    yield path
