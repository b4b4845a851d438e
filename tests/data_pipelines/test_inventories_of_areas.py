"""A region that takes a grid of an inventory and a list of wastewater plants beside its own inventory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from config import load
from data_pipelines.inputs import read_inputs
from hotspots.errors import ConfigError
from hotspots.inputs import Inputs
from hotspots.progress import Silent
from tests import new_region
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import FIXTURES
from tests.data_pipelines.sources import rasters, river_plastic

SAID = 'publisher = "x"\nlicence = "x"\ncitation = "x"\nredistribution = "raw"\nyear = 2020\n'


def inputs(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> Inputs:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    file = folder / "regions" / f"{new_region.REGION}.toml"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    return read_inputs(load.region(new_region.REGION), miniature.TODAY, Silent())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_region.write(tmp_path / "here")


def globe(path: Path, tonnes: float) -> None:
    """The same in every cell of 1° around the globe: of another width than EDGAR's, which nothing depends on."""
    field = (("lat", "lon"), np.full((180, 360), tonnes), {"units": "Tonnes", "substance": "PM2.5", "year": "2020"})
    lat, lon = np.arange(-89.5, 90.0), np.arange(-179.5, 180.0)
    xr.Dataset({"emissions": field}, {"lat": lat, "lon": lon}).to_netcdf(path, engine="h5netcdf")


def edgar(options: str) -> str:
    return (
        f'\n[datasets.edgar]\nadapter = "edgar"\npaths = {{ "PM2.5_RCO" = "rco.nc" }}\ntitle = "EDGAR"\n{SAID}'
        f"[datasets.edgar.options]\n{options}\n"
    )


def test_a_grid_is_released_compared_or_refused_as_the_region_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    globe(folder / "regions" / "rco.nc", 100.0)
    original = (folder / "regions" / f"{new_region.REGION}.toml").read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match=r"would count twice.*the factor per person of Households.*replaces"):
        inputs(folder, monkeypatch, edgar(""))
    (folder / "regions" / f"{new_region.REGION}.toml").write_text(original, encoding="utf-8")
    compared = inputs(folder, monkeypatch, edgar('compared = ["households"]'))
    assert compared.gridded == ()
    (total,) = compared.grid_totals
    # The districts reach a cell beyond the raster: 26 x 32 km. At 18.1° N a square degree has 110.7 x 105.8 km.
    assert total.release_kg_yr == pytest.approx(100_000 * 26 * 32 / (110.7 * 105.8), rel=0.01)
    (folder / "regions" / f"{new_region.REGION}.toml").write_text(original, encoding="utf-8")
    replaced = inputs(folder, monkeypatch, edgar('replaces = ["households"]'))
    (households,) = replaced.gridded
    assert households.replaced_factors
    assert households.inside_kg_yr == pytest.approx(total.release_kg_yr)
    gone = {("pm25", "household")}
    before, after = ({(f.pollutant, f.sector) for f in found.municipal} for found in (compared, replaced))
    assert before - after == gone


def test_listed_plants_take_their_people_out_of_municipal_wastewater(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lon, lat = new_region.cell_lonlat(12, 10)
    # A quarter of the region's people: 0.25 of all are served by one plant with secondary treatment.
    served = new_region.PEOPLE / 4
    header, *_ = (FIXTURES / "hydrowaste.csv").read_text().splitlines()
    row = f"1,12,1,Works,X,,{lat},{lon},2,{lat},{lon},Operational,{served},1,{served / 5},1,Secondary,1,,,,0,1,,3"
    (folder / "regions" / "works.csv").write_text(f"{header}\n{row}\n")
    without = inputs(folder, monkeypatch, "")
    more = f'\n[datasets.works]\nadapter = "hydrowaste"\npath = "works.csv"\ntitle = "Works"\n{SAID}'
    found = inputs(folder, monkeypatch, more)
    assert (without.wastewater_served_share, found.wastewater_served_share) == (0.0, pytest.approx(0.25))
    group = found.region.income_group
    assert found.municipal == load.municipal_factors(group, found.wastewater_served_share)
    released = found.releases.set_index(["source_id", "pollutant"])["release_kg_yr"]
    assert released["works:1", "bod"] == pytest.approx(served * load.wastewater_plants(group)["secondary"]["bod"])


def test_mouths_with_plastic_take_the_place_of_waste_on_land_but_not_beside_rivers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lon, lat = new_region.cell_lonlat(12, 2)
    river_plastic.mouths(folder / "regions", ((lon, lat, 40.0),))
    more = (
        '\n[datasets.mouths]\nadapter = "river_plastic"\npath = "Meijer2021_midpoint_emissions.shp"\ntitle = "Mouths"\n'
        f'{SAID}options = {{ replaces = ["waste"] }}\n'
    )
    found = inputs(folder, monkeypatch, more)
    plastic = found.releases[found.releases["pollutant"] == "mismanaged_plastic"]
    assert plastic[["medium", "release_kg_yr"]].to_numpy().tolist() == [["sea", 40_000.0]]
    assert {f.pollutant for f in found.municipal if f.medium == "land"} == {"mismanaged_waste"}
    rasters.directions(folder / "regions" / "d8.tif")
    rivers = (
        f'\n[datasets.rivers]\nadapter = "flow_direction"\npath = "d8.tif"\ntitle = "Rivers"\n{SAID}'
        '[datasets.rivers.options]\nrunoff_mm_yr = 400.0\nflow_citation = "x"\n'
        "water_temperature_c = 25.0\nwhole_basins = true\n"
    )
    with pytest.raises(ConfigError, match="plastic is given at river mouths, and rivers that carry it there"):
        inputs(folder, monkeypatch, rivers)
