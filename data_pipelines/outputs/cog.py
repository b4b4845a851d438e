"""Cloud-optimised GeoTIFF of every raster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.shutil import copy as gdal_copy

from data_pipelines.outputs.notice import notice
from hotspots.fields import RasterLayer
from hotspots.grid import AnalysisGrid
from hotspots.policy import Publishable

BLOCK = 512

Plane = npt.NDArray[np.float32]


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``rasters/<layer>.tif``: float32, NaN = not assessed, ZSTD, 512-pixel blocks, with overviews."""
    for name, layer in publishable.raster_layers.items():
        path = folder / "rasters" / f"{name}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        values = publishable.rasters[name].to_numpy().astype(np.float32)
        _write_cog(path, overview_levels(values, layer), publishable.grid, layer, _tags(publishable, layer))
        yield path


def overview_levels(values: Plane, layer: RasterLayer) -> list[Plane]:
    """``values`` and its overviews, each half the size, until one block holds it.

    A cell of an overview is the sum (extensive) or the mean (intensive) of the assessed cells under it, NaN where
    none is: so an extensive layer has the same total at every level.
    """
    levels = [values]
    while max(levels[-1].shape) > BLOCK:
        levels.append(_halved(levels[-1], layer.extent == "extensive"))
    return levels


def _halved(values: Plane, extensive: bool) -> Plane:
    rows, cols = values.shape
    padded = np.pad(values, ((0, rows % 2), (0, cols % 2)), constant_values=np.nan)
    quads = (padded[0::2, 0::2], padded[0::2, 1::2], padded[1::2, 0::2], padded[1::2, 1::2])
    total = np.zeros(quads[0].shape)
    count = np.zeros(quads[0].shape, dtype=np.uint8)
    for quad in quads:
        known = ~np.isnan(quad)
        total[known] += quad[known]
        count += known
    divisor = np.ones_like(total) if extensive else np.maximum(count, 1)
    return np.where(count > 0, total / divisor, np.nan).astype(np.float32)


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
    return tags | ({"STANDARD": layer.standard} if layer.standard else {})


def _write_cog(path: Path, levels: list[Plane], grid: AnalysisGrid, layer: RasterLayer, tags: dict[str, str]) -> None:
    """GDAL's COG driver makes its own overviews and cannot sum; a VRT hands it ours, ready made."""
    with TemporaryDirectory() as scratch:
        for number, plane in enumerate(levels):
            _write_plane(Path(scratch) / f"{number}.tif", plane, grid, 2**number)
        vrt = Path(scratch) / "levels.vrt"
        vrt.write_text(_vrt(len(levels), grid, layer, tags), encoding="utf-8")
        with rasterio.open(vrt) as source:
            gdal_copy(
                source,
                path,
                driver="COG",
                compress="ZSTD",
                level=9,
                predictor="YES",
                blocksize=BLOCK,
                overviews="FORCE_USE_EXISTING",
                num_threads=2,
            )


def _write_plane(path: Path, plane: Plane, grid: AnalysisGrid, factor: int) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=plane.shape[0],
        width=plane.shape[1],
        count=1,
        dtype="float32",
        nodata=np.nan,
        crs=CRS.from_wkt(grid.crs_wkt),
        transform=grid.transform @ Affine.scale(factor),
        tiled=True,
        bigtiff="IF_SAFER",
    ) as target:
        target.write(plane, 1)


def _vrt(levels: int, grid: AnalysisGrid, layer: RasterLayer, tags: dict[str, str]) -> str:
    def plane(element: str, number: int) -> str:
        name = f'<SourceFilename relativeToVRT="1">{number}.tif</SourceFilename>'
        return f"<{element}>{name}<SourceBand>1</SourceBand></{element}>"

    items = "".join(f"<MDI key={quoteattr(key)}>{escape(text)}</MDI>" for key, text in tags.items())
    overviews = "".join(plane("Overview", number) for number in range(1, levels))
    geotransform = ", ".join(repr(number) for number in grid.transform.to_gdal())
    return (
        f'<VRTDataset rasterXSize="{grid.cols}" rasterYSize="{grid.rows}">'
        f"<SRS>{escape(grid.crs_wkt)}</SRS><GeoTransform>{geotransform}</GeoTransform><Metadata>{items}</Metadata>"
        f'<VRTRasterBand dataType="Float32" band="1"><Description>{escape(layer.title)}</Description>'
        f"<UnitType>{escape(layer.unit)}</UnitType><NoDataValue>nan</NoDataValue>"
        f"{plane('SimpleSource', 0)}{overviews}</VRTRasterBand></VRTDataset>"
    )
