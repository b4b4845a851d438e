"""EDGAR's grids on the miniature (10.00 to 10.08° E, 20.00 to 20.06° N), which lies in one cell of 0.1°."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from affine import Affine
from pyproj import CRS

from config import catalogue
from data_pipelines.contract import GriddedReleases, Read
from data_pipelines.registry import find
from hotspots.errors import ConfigError, InputError
from hotspots.grid import AnalysisGrid
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import reasons
from tests.data_pipelines.sources import rasters
from tests.miniature import GRID

RNG = np.random.default_rng(3)
OF_THE_MINIATURE = (10, 10)
"""Row from the south and column of the cell 10.0 to 10.1° E, 20.0 to 20.1° N."""


def one_cell(tonnes: float, cell: tuple[int, int] = OF_THE_MINIATURE) -> np.ndarray:
    values = np.zeros((20, 20))
    values[cell] = tonnes
    return values


def read(files: Path | dict[str, Path], **options: Any) -> GriddedReleases:
    named = {"PM2.5_RCO": files} if isinstance(files, Path) else files
    value: GriddedReleases = miniature.read("edgar", named, options).value
    return value


def on(cells: AnalysisGrid, path: Path) -> np.ndarray:
    """What is released in each of other cells, where nobody lives."""
    request = replace(miniature.request("edgar", {"PM2.5_RCO": path}), grid=cells, people=np.full(cells.shape, np.nan))
    found: Read[GriddedReleases] = find("edgar").read(request)
    (release,) = found.value.releases
    return release.release_kg_yr


def cells(west: float, north: float, size: float, shape: tuple[int, int]) -> AnalysisGrid:
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(size, 0, west, 0, -size, north), shape)


def test_a_cell_of_100_t_over_4_analysis_cells_is_25_t_in_each(tmp_path: Path) -> None:
    path = rasters.edgar(tmp_path / "edgar.nc", one_cell(100.0))
    found = on(cells(9.95, 20.15, 0.05, (4, 4)), path)
    expected = np.zeros((4, 4))
    expected[1:3, 1:3] = 25_000.0
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_is_even_stays_even(tmp_path: Path) -> None:
    # 0.04 t in each cell of 0.1°; a cell of the miniature, 0.01°, is a hundredth of it: 0.4 kg, in the margin too.
    (found,) = read(rasters.edgar(tmp_path / "edgar.nc", 0.04)).releases
    np.testing.assert_allclose(found.release_kg_yr, 0.4, rtol=1e-6)


def test_every_kilogram_arrives_once(tmp_path: Path) -> None:
    values = RNG.uniform(0, 50, (20, 20))
    path = rasters.edgar(tmp_path / "edgar.nc", values)
    # Cells that fit into none of EDGAR's, over all of them.
    found = on(cells(8.9, 21.1, 0.0275, (80, 80)), path)
    assert np.nansum(found) == pytest.approx(values.astype(np.float32).sum(dtype=float) * 1000, rel=1e-9)


def test_a_cell_across_the_antimeridian_gets_both_its_halves(tmp_path: Path) -> None:
    lon = -179.95 + 0.1 * np.arange(3600)
    values = np.zeros((2, 3600))
    values[0, -1], values[0, 0] = 6.0, 10.0  # the last cell before 180° and the first after it
    data = xr.Dataset(
        {
            "emissions": (
                ("lat", "lon"),
                values,
                {"units": "Tonnes", "substance": "PM2.5", "year": "2020"},
            )
        },
        {"lat": [-17.95, -17.85], "lon": lon},
    )
    data.to_netcdf(tmp_path / "edgar.nc", engine="h5netcdf")
    # Three cells of 0.1° from 179.85°: half of 6 t before, half of 6 and half of 10 t across, half of 10 t after.
    found = on(cells(179.85, -17.9, 0.1, (1, 3)), tmp_path / "edgar.nc")
    np.testing.assert_allclose(found, [[3_000.0, 8_000.0, 5_000.0]], rtol=1e-9)


def test_categories_of_one_sector_are_one_release(tmp_path: Path) -> None:
    files = {
        f"PM2.5_{code}": rasters.edgar(tmp_path / f"{code}.nc", one_cell(tonnes))
        for code, tonnes in (("IND", 3.0), ("PRO_FFF", 1.0), ("ENE", 8.0))
    }
    found = {item.sector: item for item in read(files).releases}
    assert list(found) == ["other_industry", "public_electricity"]
    # The core holds 48 hundredths of the cell of 100: 4 t are 1.92 t, 8 t are 3.84 t; all of it lies in a unit.
    _, core = GRID.padded(miniature.MARGIN_KM)
    for sector, kg in (("other_industry", 1_920.0), ("public_electricity", 3_840.0)):
        assert found[sector].release_kg_yr[core].sum() == pytest.approx(kg)
        assert found[sector].inside_kg_yr == pytest.approx(kg)
        assert (found[sector].quality, found[sector].year) == ("D", 2020)


def test_totals_are_those_of_the_units_and_of_whole_sectors_only(tmp_path: Path) -> None:
    files = {
        f"PM2.5_{code}": rasters.edgar(tmp_path / f"{code}.nc", one_cell(tonnes))
        for code, tonnes in (("TOTALS", 20.0), ("ENE", 10.0), ("CHE", 5.0))
    }
    found = read(files, compared=["power", "industry"])
    # Processes alone are not what the chemical industry releases, so CHE is no total of it.
    assert {total.sector: total.release_kg_yr for total in found.totals} == pytest.approx(
        {None: 9_600.0, "public_electricity": 4_800.0}
    )
    assert found.releases == ()


def test_no_value_where_people_live_is_not_zero(tmp_path: Path) -> None:
    path = rasters.edgar(tmp_path / "edgar.nc", np.where(one_cell(1.0) > 0, np.nan, 1.0))
    with pytest.raises(InputError, match="no value where 1,000 people live; that is not a release of zero"):
        read(path)


def test_no_value_where_nobody_lives_is_told_and_stays_unknown(tmp_path: Path) -> None:
    path = rasters.edgar(tmp_path / "edgar.nc", np.where(one_cell(1.0, (9, 9)) > 0, np.nan, 1.0))
    found = miniature.read("edgar", {"PM2.5_RCO": path})
    assert reasons(found.quality[0]) == {1: ["grid_void"]}
    (release,) = found.value.releases
    # A cell of 0.1° is 10 × 10 cells of the miniature; it lies south-west of it, all in the margin.
    assert np.isnan(release.release_kg_yr).sum() == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variable": "fluxes", "units": "kg m-2 s-1"}, "no variable 'emissions'; the file has: fluxes.*emi_nc"),
        ({"units": "kg m-2 s-1"}, "the unit 'kg m-2 s-1' is no amount"),
        ({"units": "Tons of coal"}, "the unit 'Tons of coal' is no amount"),
        ({"units": ""}, "the unit '' is no amount"),
        ({"substance": "PM10"}, "states the substance 'PM10', not 'PM2.5'"),
        ({"year": "2019"}, "states the year '2019', not '2020'"),
        ({"values": -1.0}, "the values reach from -1 to -1"),
        ({"values": np.inf}, "the values reach from inf to inf"),
    ],
)
def test_what_is_not_the_published_layout_is_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        read(rasters.edgar(tmp_path / "edgar.nc", **change))
    assert error.value.source == str(tmp_path / "edgar.nc")
    assert error.value.remedy


def test_grids_without_some_rows_do_not_pass_for_whole_ones(tmp_path: Path) -> None:
    path = rasters.edgar(tmp_path / "whole.nc")
    with xr.open_dataset(path) as whole:
        # Without the row of the miniature the others are not evenly spaced; without it and all north of it they are.
        whole.isel(lat=[*range(10), *range(11, 20)]).to_netcdf(tmp_path / "hole.nc", engine="h5netcdf")
        whole.isel(lat=slice(0, 10)).to_netcdf(tmp_path / "south.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="not evenly spaced"):
        read(tmp_path / "hole.nc")
    with pytest.raises(InputError, match="no value where 1,000 people live"):
        read(tmp_path / "south.nc")


def test_options_name_groups_that_are_given_and_each_once(tmp_path: Path) -> None:
    path = rasters.edgar(tmp_path / "edgar.nc")
    with pytest.raises(InputError, match=r"no grid is of the group 'power'.*are of: households"):
        read(path, replaces=["power"])
    with pytest.raises(ConfigError, match="households is in 'replaces' and in 'compared'"):
        read(path, replaces=["households"], compared=["households"])


def test_the_catalogue_names_files_as_the_publisher_does() -> None:
    entry = catalogue.catalogued("edgar")
    chosen = {"year": 2022, "substance": ["PM2.5", "NOx"], "category": ["RCO", "TNR_Ship"]}
    files = {file.name: file for file in entry.remote_files(chosen, Path("region.toml"), "parameters")}
    assert set(files) == {"PM2.5_RCO", "PM2.5_TNR_Ship", "NOx_RCO", "NOx_TNR_Ship"}
    assert set(files) <= set(find("edgar").spec.files)
    assert files["NOx_TNR_Ship"].url.endswith(
        "/v81_FT2022_AP_new/NOx/TNR_Ship/emi_nc/v8.1_FT2022_AP_NOx_2022_TNR_Ship_emi_nc.zip"
    )
