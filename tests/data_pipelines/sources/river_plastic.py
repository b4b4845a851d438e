"""River mouths of the miniature in the layout of the publication: points with one attribute."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

MOUTHS = ((10.02, 20.03, 12.5), (10.07, 20.01, 0.25), (50.0, 20.0, 800.0))
"""Longitude, latitude, t/yr; the last is another country's."""


def mouths(
    folder: Path, points: tuple[tuple[float, float, float], ...] = MOUTHS, column: str = "dots_exten"
) -> dict[str, Path]:
    """The shapefile, with the files beside it."""
    lon, lat, tonnes = zip(*points, strict=True)
    path = folder / "Meijer2021_midpoint_emissions.shp"
    table = gpd.GeoDataFrame({column: tonnes}, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    table.to_file(path, driver="ESRI Shapefile")
    return {"file": path}
