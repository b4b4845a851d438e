"""GeoPackage, one file a layer, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio

from data_pipelines.outputs.features import published_table
from data_pipelines.outputs.notice import notice
from hotspots.policy import Publishable

FIXED_TIME = "2000-01-01T00:00:00.000Z"
"""GDAL stamps the file with the time it was written, which would make equal data differ."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``vectors/<layer>.gpkg`` of every published feature table, in EPSG:4326 (longitude first, as the format says)."""
    for layer in publishable.vector_layers.values():
        path = folder / "vectors" / f"{layer.name}.gpkg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        said = notice(publishable, layer.title, layer.meaning)
        kind = "Point" if layer.geometry == "point" else "MultiPolygon"
        table = published_table(publishable, layer).set_crs("EPSG:4326", allow_override=True)
        with _fixed_time():
            pyogrio.write_dataframe(
                table,
                path,
                layer=layer.name,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=kind == "MultiPolygon",
                dataset_options={"VERSION": "1.2"},
                layer_options={"IDENTIFIER": said["title"], "DESCRIPTION": layer.meaning},
                layer_metadata={key.upper(): text for key, text in said.items()},
            )
        yield path


@contextmanager
def _fixed_time() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
