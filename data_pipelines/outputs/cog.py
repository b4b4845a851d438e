"""Cloud-optimised GeoTIFF of every raster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from data_pipelines.outputs.cog_file import About, CogScratch
from data_pipelines.outputs.cog_tiles import BLOCK, Plane
from data_pipelines.outputs.notice import notice
from hotspots.blocks import run, threads
from hotspots.fields import RasterLayer
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``rasters/<layer>.tif``: float32, NaN = not assessed, ZSTD, 512-pixel blocks, with overviews.

    A cell of an overview is the sum (extensive) or the mean (intensive) of the assessed cells under it, NaN where none
    is: so an extensive layer has the same total at every level.
    """
    (folder / "rasters").mkdir(parents=True, exist_ok=True)
    with threads() as executor:
        for name, layer in publishable.raster_layers.items():
            path = folder / "rasters" / f"{name}.tif"
            values = publishable.rasters[name].to_numpy().astype(np.float32)
            about = About(publishable.grid, _tags(publishable, layer), layer.title, layer.unit)
            with TemporaryDirectory() as scratch:
                file = CogScratch(Path(scratch), publishable.grid.shape, layer.extent == "extensive")
                for _ in run(executor, _write_band, (file, values), range(file.bands())):
                    pass
                file.finish(path, about, executor)
            yield path


def _tags(publishable: Publishable, layer: RasterLayer) -> dict[str, str]:
    tags = {key.upper(): text for key, text in notice(publishable, layer.title, layer.meaning).items()}
    tags |= {
        "UNIT": layer.unit,
        "EXTENT": layer.extent,
        "OVERVIEWS": "sum of the cells" if layer.extent == "extensive" else "mean of the cells",
        "NODATA_MEANING": "not assessed",
        "CLASS_BREAKS": json.dumps(layer.classes.breaks),
        "CLASS_BASIS": layer.classes.basis,
    }
    described = publishable.rasters[layer.name].attrs
    tags |= {key.upper(): described[key] for key in ("years", "method", "validity") if key in described}
    return tags | ({"STANDARD": layer.standard} if layer.standard else {})


def _write_band(context: tuple[CogScratch, Plane], band: int) -> None:
    scratch, values = context
    scratch.write(band, values[band * BLOCK : (band + 1) * BLOCK])
