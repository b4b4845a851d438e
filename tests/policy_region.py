"""Testland with three inventories: an open one, one whose positions are generalised and one that is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.paths import built_in
from tests import new_region
from tests.new_region import REGION, cell_lonlat

CELL_DEG = 0.1
POLICY = Path("policy") / "default.toml"


@dataclass(frozen=True)
class Facility:
    """A row of an inventory, at a position in cells of the raster."""

    id: str
    name: str
    row: float
    col: float
    pm25_t: float

    @cached_property
    def at(self) -> tuple[float, float]:
        """Longitude and latitude as in the file."""
        lon, lat = cell_lonlat(self.row, self.col)
        return round(lon, 6), round(lat, 6)


MINES = (
    Facility("ZQ-4711", "Zyzzyva Quarry", 15.27, 9.71, 400.0),
    Facility("ZQ-4712", "Xylograph Pit", 6.31, 21.23, 90.0),
)
WORKS = (
    Facility("QS-0815", "Quillfeather Smelter", 11.73, 17.26, 300.0),
    Facility("QS-0816", "Borogove Foundry", 18.22, 12.69, 120.0),
)

_DATASET = """
[datasets.{name}]
adapter = "facility_table"
path = "{name}.csv"
title = "Inventory of {name}"
publisher = "Ministry of mines"
licence = "By consent"
citation = "Ministry of mines (2024)"
year = 2022
redistribution = "raw"
sensitive = true
[datasets.{name}.options]
country = "JAM"
sector = "mineral_products"
[datasets.{name}.options.columns]
id = "id"
name = "name"
latitude = "lat"
longitude = "lon"
[[datasets.{name}.options.releases]]
pollutant = "pm25"
medium = "air"
column = "pm25_t"
unit = "t/year"
"""

_CONSENT = """
[[consents]]
region = "testland"
dataset = "{name}"
country = "JAM"
authority = "Ministry of mines"
purpose = "screening"
{precision}
valid_from = 2020-01-01
evidence = "letter 1/2020"
"""

WITHHELD = 'precision = "withheld"\nreason = "security"'
GENERALISED = f'precision = "generalised"\ncell_deg = {CELL_DEG}\nreason = "commercial"'
OPEN = 'precision = "open"'


def write(folder: Path, mines: str = WITHHELD, works: str = GENERALISED) -> Path:
    """Write the region and its consents into ``folder``, which is then a HOTSPOTS_CONFIG."""
    new_region.write(folder)
    region = folder / "regions" / f"{REGION}.toml"
    text = region.read_text(encoding="utf-8").replace('redistribution = "derived"', 'redistribution = "raw"')
    region.write_text(text + _DATASET.format(name="mines") + _DATASET.format(name="works"), encoding="utf-8")
    write_inventory(folder, "mines", MINES)
    write_inventory(folder, "works", WORKS)
    (folder / "policy").mkdir()
    (folder / POLICY).write_text(
        (built_in() / POLICY).read_text(encoding="utf-8")
        + _CONSENT.format(name="mines", precision=mines)
        + _CONSENT.format(name="works", precision=works),
        encoding="utf-8",
    )
    return folder


def write_inventory(folder: Path, name: str, facilities: tuple[Facility, ...]) -> None:
    """Write the inventory ``name`` of ``facilities``."""
    rows = [f"{item.id},{item.name},{item.at[1]},{item.at[0]},{item.pm25_t}" for item in facilities]
    (folder / "regions" / f"{name}.csv").write_text("\n".join(["id,name,lat,lon,pm25_t", *rows]) + "\n")
