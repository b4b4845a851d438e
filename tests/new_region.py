"""The region of the walk-through in docs/configuration.md: its TOML file from the page, small files beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import xarray as xr
from affine import Affine
from pyproj import Transformer

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
REGION = "testland"
UTM_18N = "EPSG:32618"
CELL_M = 1000.0
WEST_M, NORTH_M = 290_000.0, 2_010_000.0
SHAPE = (24, 30)
TOWN = (slice(10, 14), slice(8, 12))
TOWN_PEOPLE_PER_CELL, RURAL_PEOPLE_PER_CELL = 3000.0, 1.0
PEOPLE = SHAPE[0] * SHAPE[1] * RURAL_PEOPLE_PER_CELL + 16 * (TOWN_PEOPLE_PER_CELL - RURAL_PEOPLE_PER_CELL)
SMALL_WORKS = 10


def write(folder: Path) -> Path:
    """Write the region's files into ``folder``, which is then a HOTSPOTS_CONFIG."""
    regions = folder / "regions"
    regions.mkdir(parents=True)
    (regions / f"{REGION}.toml").write_text(documented("toml"), encoding="utf-8")
    _write_people(regions / "people.tif")
    _write_districts(regions / "districts.geojson")
    _write_inventory(regions / "inventory.csv")
    _write_wind(regions / "wind.nc")
    return folder


def documented(language: str) -> str:
    """The one block of ``language`` in the page, without its indentation."""
    (block,) = re.findall(rf"^   ```{language}\n(.*?)^   ```$", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S)
    return re.sub(r"^   ", "", block, flags=re.M)


def cell_lonlat(row: float, col: float) -> tuple[float, float]:
    """Longitude and latitude of a position in cells from the raster's upper left corner."""
    to_lonlat = Transformer.from_crs(UTM_18N, "OGC:CRS84", always_xy=True)
    lon, lat = to_lonlat.transform(WEST_M + col * CELL_M, NORTH_M - row * CELL_M)
    return float(lon), float(lat)


def _write_people(path: Path) -> None:
    people = np.full(SHAPE, RURAL_PEOPLE_PER_CELL, dtype=np.float32)
    people[TOWN] = TOWN_PEOPLE_PER_CELL
    profile = {
        "driver": "GTiff",
        "height": SHAPE[0],
        "width": SHAPE[1],
        "count": 1,
        "dtype": "float32",
        "crs": UTM_18N,
        "transform": Affine(CELL_M, 0, WEST_M, 0, -CELL_M, NORTH_M),
        "nodata": -9999.0,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(people, 1)


def _write_districts(path: Path) -> None:
    """Two halves, west and east, that cover every cell."""
    features = []
    for code, name, left, right in (("D1", "Poniente", -1, 15), ("D2", "Oriente", 15, SHAPE[1] + 1)):
        # Every kilometre a vertex: the border between the halves is straight in UTM, not in degrees.
        down = [cell_lonlat(row, left) for row in range(-1, SHAPE[0] + 2)]
        up = [cell_lonlat(row, right) for row in range(SHAPE[0] + 1, -2, -1)]
        ring = [*down, *up, down[0]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        properties = {"code": code, "district": name}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def _write_inventory(path: Path) -> None:
    """A cement works east of the town, a power plant, ten small works, and a row at 0/0."""
    rows = [
        ("A-1", "Fábrica Bahía", "Cemento", cell_lonlat(12, 14), 900, 2_400_000),
        ("A-2", "Central Río Seco", "Generación eléctrica", cell_lonlat(20, 26), 60, 1_500_000),
        ("A-3", "[red]Olvidada[/red]", "Cemento", (0, 0), 1, 1),
    ]
    rows += [(f"B-{n}", f"Taller {n}", "Cemento", cell_lonlat(2, 2 + 2 * n), 2, 10_000) for n in range(SMALL_WORKS)]
    lines = ["expediente;planta;rama;lat;lon;PM2.5 t;NOx kg"]
    lines += [f"{a};{name};{sector};{at[1]};{at[0]};{pm};{nox}" for a, name, sector, at, pm, nox in rows]
    path.write_text("\n".join(lines) + "\n", encoding="latin-1")


def _write_wind(path: Path) -> None:
    """A month of hours with 4 m/s from the east."""
    hours = pd.date_range("2022-06-01", periods=720, freq="h")
    at = {"valid_time": hours, "latitude": [19.0, 18.0, 17.0], "longitude": [-78.0, -77.0, -76.0]}
    shape = tuple(len(values) for values in at.values())
    data = xr.Dataset(
        {name: (tuple(at), np.full(shape, speed), {"units": "m s**-1"}) for name, speed in (("u10", -4), ("v10", 0.1))},
        coords=at,
    )
    data.to_netcdf(path, engine="h5netcdf")
