"""Rasters as their publishers pack them: file names, archives, CRS, data types and no data of each series."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from config import catalogue
from config.catalogue_file import RemoteFile
from data_pipelines.fetching.archives import unpack_zip
from hotspots.dispersion.network import CODES, NO_DATA
from hotspots.errors import InputError
from tests.data_pipelines import miniature
from tests.data_pipelines.sources import rasters
from tests.data_pipelines.sources.test_contract import RIVER_OPTIONS
from tests.miniature import GRID, people

MOLLWEIDE = CRS.from_user_input("ESRI:54009")


def files_of(dataset: str, **parameters: Any) -> dict[str, RemoteFile]:
    found = catalogue.catalogued(dataset).remote_files(parameters, Path("region.toml"), "parameters")
    return {file.name: file for file in found}


def unpacked(file: RemoteFile, members: Mapping[str, Path], folder: Path) -> Path:
    """What the adapter gets of an archive with ``members``, packed under the name that the publisher gives it."""
    archive = folder / file.saved_as
    with zipfile.ZipFile(archive, "w") as out:
        for name, path in members.items():
            out.write(path, name)
    out_folder = folder / f"unpacked-{file.name}"
    out_folder.mkdir()
    return unpack_zip(archive, str(file.member), out_folder)


def document(folder: Path) -> Path:
    path = folder / "readme.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


# HydroSHEDS -------------------------------------------------------------------------------------------------------


def test_hydrosheds_directions_come_in_a_zip_beside_their_documentation(tmp_path: Path) -> None:
    (file,) = files_of("hydrosheds_flow_direction", continent="as").values()
    assert file.saved_as == "hyd_as_dir_30s.zip"
    raster = rasters.directions(tmp_path / "hyd_as_dir_30s.tif")
    members = {"hyd_as_dir_30s.tif": raster, "HydroSHEDS_TechDoc_v1_4.pdf": document(tmp_path)}
    path = unpacked(file, members, tmp_path)
    network = miniature.read("flow_direction", path, RIVER_OPTIONS | {"endorheic": True}).value
    np.testing.assert_array_equal(network.direction, rasters.DIRECTIONS)


def test_every_code_of_hydrosheds_is_known_and_no_other() -> None:
    # The technical documentation: 1 east, clockwise to 128 north-east; 0 mouth, 255 inland sink; 247 no data.
    assert set(CODES) == {1, 2, 4, 8, 16, 32, 64, 128, 0, 255, 247}
    assert NO_DATA == 247


def test_a_direction_of_another_coding_is_refused(tmp_path: Path) -> None:
    # The codes of TauDEM and GRASS: 1 to 8 and -1 to -8; 3 is none of ESRI's.
    codes = np.where(rasters.DIRECTIONS == 64, 3, rasters.DIRECTIONS).astype(np.uint8)
    with pytest.raises(InputError, match="3 is no flow direction"):
        miniature.read("flow_direction", rasters.directions(tmp_path / "grass.tif", codes), RIVER_OPTIONS)


# WorldPop ---------------------------------------------------------------------------------------------------------


def test_the_older_worldpop_has_one_file_a_sex_and_age(tmp_path: Path) -> None:
    files = files_of("worldpop_age_sex", country="VNM", year=2020, age=[0, 1])
    assert {name: file.saved_as for name, file in files.items()} == {
        "f_0": "vnm_f_0_2020_1km.tif",
        "f_1": "vnm_f_1_2020_1km.tif",
        "m_0": "vnm_m_0_2020_1km.tif",
        "m_1": "vnm_m_1_2020_1km.tif",
    }
    paths = {name: rasters.population(tmp_path / file.saved_as, people() / 20) for name, file in files.items()}
    (under_5,) = miniature.read("age_sex_rasters", paths).value
    # Four files of a twentieth each: a fifth of the people are below five.
    assert np.nanmax(under_5.values) == pytest.approx(0.2)


def test_the_newer_worldpop_packs_all_groups_of_a_country_in_one_zip(tmp_path: Path) -> None:
    files = files_of("worldpop_age_sex_2015_2030", country="VNM", year=2025)
    assert len(files) == 2 * 20
    assert {file.saved_as for file in files.values()} == {"vnm_agesex_structures_2025_CN_1km_R2025A_UA_v1.zip"}
    # First years of age are written with two digits, and T_F is all females: neither may be taken for another.
    ages = ("00", "01", "05", "10", "65", "70", "75", "80", "85", "90")
    names = [f"vnm_{sex}_{age}_2025_CN_1km_R2025A_UA_v1.tif" for sex in "fmt" for age in ages]
    names.append("vnm_T_F_2025_CN_1km_R2025A_UA_v1.tif")
    share = {name: 0.001 * (number + 1) for number, name in enumerate(names)}
    members = {name: rasters.population(tmp_path / name, people() * share[name]) for name in names}
    wanted = ("f_0", "f_1", "m_0", "m_1")
    paths = {name: unpacked(files[name], members, tmp_path) for name in wanted}
    assert paths["f_0"].name == "vnm_f_00_2025_CN_1km_R2025A_UA_v1.tif"
    (under_5,) = miniature.read("age_sex_rasters", paths).value
    # f 00 and 01 are the first two names, m 00 and 01 the 11th and 12th: 1 + 2 + 11 + 12 = 26 thousandths.
    assert np.nanmax(under_5.values) == pytest.approx(0.026, rel=1e-5)


def test_the_newer_worldpop_has_people_under_the_same_names() -> None:
    (file,) = files_of("worldpop_population_2015_2030", country="VNM", year=2025).values()
    assert file.saved_as == "vnm_pop_2025_CN_1km_R2025A_UA_v1.tif"


# GHS-POP ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grid", ["4326_30ss", "4326_3ss", "54009_1000", "54009_100"])
def test_ghs_pop_names_crs_and_cell_size(grid: str) -> None:
    (file,) = files_of("ghs_pop", year=2020, tile="R8_C29", grid=grid).values()
    assert file.saved_as == f"GHS_POP_E2020_GLOBE_R2023A_{grid}_V1_0_R8_C29.zip"
    assert f"/GHS_POP_E2020_GLOBE_R2023A_{grid}/V1-0/tiles/" in file.url


@pytest.mark.parametrize(
    ("grid", "profile"),
    [
        ("4326_30ss", {"crs": CRS.from_epsg(4326), "transform": GRID.transform}),
        # Around 10.04° E, 20.03° N in Mollweide: x = 954 km, y = 2 471 km.
        ("54009_1000", {"crs": MOLLWEIDE, "transform": Affine(1000, 0, 950_000, 0, -1000, 2_474_000)}),
        ("54009_100", {"crs": MOLLWEIDE, "transform": Affine(100, 0, 954_000, 0, -100, 2_471_300)}),
    ],
)
def test_a_tile_of_ghs_pop_is_a_float_raster_with_no_data_of_minus_200(
    grid: str, profile: dict[str, Any], tmp_path: Path
) -> None:
    (file,) = files_of("ghs_pop", year=2020, tile="R8_C29", grid=grid).values()
    name = file.saved_as.replace(".zip", ".tif")
    values = people()
    # Fractions of a person are usual; -200 is the sea.
    values[2, 1] = 0.25
    raster = rasters.population(
        tmp_path / name, np.where(np.isnan(values), -200.0, values), dtype="float64", nodata=-200.0, **profile
    )
    path = unpacked(file, {name: raster, "GHSL_Data_Package_2023.pdf": document(tmp_path)}, tmp_path)
    population = miniature.read("population_raster", path).value
    np.testing.assert_array_equal(population.people, values)
    assert population.grid.shape == (6, 8)


def test_minus_200_that_is_not_declared_is_no_number_of_people(tmp_path: Path) -> None:
    values = np.where(np.isnan(people()), -200.0, people())
    raster = rasters.population(tmp_path / "undeclared.tif", values, dtype="float64", nodata=None)
    with pytest.raises(InputError, match=r"1 cells hold a negative number of people \(lowest -200\)"):
        miniature.read("population_raster", raster)
