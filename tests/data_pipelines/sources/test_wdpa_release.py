"""The monthly release of the World Database on Protected Areas as it is downloaded: zips in a zip, or a geodatabase."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import Point, box

from hotspots.errors import InputError
from tests.data_pipelines.miniature import read, reasons

BEFORE = ("WDPA_PID", "MARINE", ["0", "2", "0", "1"])
SINCE = ("SITE_PID", "REALM", ["Terrestrial", "Marine", "Terrestrial", "Coastal"])


def layers(columns: tuple[str, str, list[str]]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Three polygons, one of them a proposal, and a point of 4 km²."""
    pid, realm, realms = columns
    rows = {
        pid: ["11", "12_A", "13", "14"],
        "PA_DEF": ["1", "1", "1", "1"],
        "NAME": ["Forest", "Reef", "Plan", "Dot"],
        "DESIG_ENG": ["National Park", "Marine Park", "National Park", "Monument"],
        "IUCN_CAT": ["II", "VI", "II", "III"],
        realm: realms,
        "REP_AREA": [20.0, 3.0, 4.0, 4.0],
        "STATUS": ["Designated", "Inscribed", "Proposed", "Designated"],
    }
    shapes = [box(10.0, 20.0, 10.04, 20.04), box(10.05, 20.0, 10.08, 20.01), box(10.0, 20.0, 10.01, 20.01)]
    table = gpd.GeoDataFrame(rows, geometry=[*shapes, Point(10.02, 20.05)], crs="EPSG:4326")
    return table.iloc[:3], table.iloc[3:]


def shapefiles(folder: Path, columns: tuple[str, str, list[str]] = SINCE) -> Path:
    """As a country's shapefiles come: three zips, the rows shared among the first two, in a zip with notes."""
    polygons, points = layers(columns)
    outer = folder / "WDPA_WDOECM_Sep2026_Public_JAM_shp.zip"
    with zipfile.ZipFile(outer, "w") as release:
        release.writestr("Resources_in_English/notes.txt", "Notes")
        for number, parts in enumerate(
            [{"polygons": polygons.iloc[:2], "points": points}, {"polygons": polygons.iloc[2:]}, {}]
        ):
            name = f"WDPA_WDOECM_Sep2026_Public_JAM_shp_{number}"
            with zipfile.ZipFile(folder / f"{name}.zip", "w") as part:
                part.writestr("Shapefile_splitting_README.txt", "Three parts")
                for kind, table in parts.items():
                    stem = folder / f"{number}" / f"WDPA_WDOECM_Sep2026_Public_JAM_shp-{kind}"
                    stem.parent.mkdir(exist_ok=True)
                    table.to_file(f"{stem}.shp", encoding="utf-8")
                    for file in stem.parent.glob(f"{stem.name}.*"):
                        part.write(file, file.name)
            release.write(folder / f"{name}.zip", f"{name}.zip")
    return outer


def geodatabase(folder: Path, columns: tuple[str, str, list[str]] = SINCE) -> Path:
    name = "WDPA_WDOECM_Sep2026_Public_JAM"
    for kind, table in zip(("poly", "point"), layers(columns), strict=True):
        pyogrio.write_dataframe(
            table, folder / f"{name}.gdb", driver="OpenFileGDB", layer=f"WDPA_WDOECM_{kind}_Sep2026_JAM"
        )
    packed = folder / f"{name}.zip"
    with zipfile.ZipFile(packed, "w") as release:
        for file in sorted((folder / f"{name}.gdb").iterdir()):
            release.write(file, f"{name}.gdb/{file.name}")
    return packed


def check(path: Path) -> None:
    found = read("protected_areas", path)
    table = found.value.set_index("protected_id")
    assert list(table.index) == ["mini:11", "mini:12_A", "mini:14"]
    assert table["name"].tolist() == ["Forest", "Reef", "Dot"]
    assert table["marine"].tolist() == [False, True, True]
    assert table["reported_area_km2"].tolist() == [20.0, 3.0, 4.0]
    assert table["from_point"].tolist() == [False, False, True]
    assert table.geometry["mini:11"].bounds == pytest.approx((10.0, 20.0, 10.04, 20.04))
    (quality,) = found.quality
    assert (quality.file, quality.rows_in, quality.rows_used) == (path.name, 4, 3)
    assert ["STATUS_EXCLUDED"] in reasons(quality).values()


@pytest.mark.parametrize("columns", [BEFORE, SINCE], ids=["until 2024", "since 2025"])
@pytest.mark.parametrize("pack", [shapefiles, geodatabase])
def test_the_release_is_read_as_it_is_downloaded(pack: Callable[..., Path], columns, tmp_path):
    check(pack(tmp_path, columns))


@pytest.mark.parametrize("column", ["SITE_PID", "NAME", "DESIG_ENG", "IUCN_CAT", "REALM", "REP_AREA", "STATUS"])
def test_a_renamed_column_is_noticed(column, tmp_path, monkeypatch):
    whole = layers

    def renamed(columns):
        return tuple(table.rename(columns={column: "OTHER"}) for table in whole(columns))

    monkeypatch.setitem(globals(), "layers", renamed)
    with pytest.raises(InputError, match="no column"):
        read("protected_areas", geodatabase(tmp_path))


def test_a_part_that_is_missing_is_noticed(tmp_path):
    path = shapefiles(tmp_path)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if "_shp_1" not in name}
    with zipfile.ZipFile(path, "w") as cut:
        for name, content in parts.items():
            cut.writestr(name, content)
    with pytest.raises(AssertionError):
        check(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b"<html></html>", b""])
def test_a_broken_archive_is_an_error_that_names_it(content, tmp_path):
    path = tmp_path / "WDPA.zip"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read("protected_areas", path)
    assert error.value.source == str(path)


def test_an_archive_without_layers_is_refused(tmp_path):
    path = tmp_path / "WDPA.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "Nothing")
    with pytest.raises(InputError, match="neither shapefiles nor a geodatabase"):
        read("protected_areas", path)
