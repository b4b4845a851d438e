"""editions, rollback, verify, export, map: what they print, exit codes and remedies."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.editions import Store
from tests.command import hotspots
from tests.hotspots.editions.publishing import edition as publish_edition
from tests.miniature import assessment

REGION = "miniature"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["refresh", "editions", "rollback", "verify", "map"])
def test_an_unknown_region_names_the_likely_one(command: str) -> None:
    ended = hotspots(command, "jamaika")
    assert ended.code == 3
    assert ended.error == "Error: regions: no such region: 'jamaika'. Remedy: Did you mean 'jamaica'?"


@pytest.mark.usefixtures("store")
def test_a_region_without_edition_names_the_command_that_makes_one() -> None:
    ended = hotspots("editions", "jamaica")
    assert ended.code == 8
    assert ended.error.endswith("Run `hotspots refresh jamaica` first.")


def test_editions_and_rollback(store: Store, tmp_path: Path) -> None:
    old = store.current(REGION).id
    new = publish_edition(store, tmp_path, "second").id
    lines = [line.split() for line in hotspots("editions", REGION).out.splitlines()[1:]]
    assert [(line[0], line[-1] == "current") for line in lines] == [(new, True), (old, False)]
    assert hotspots("rollback", REGION).out == f"{REGION}: {old} is current.\n"
    assert store.current(REGION).id == old
    none = hotspots("rollback", REGION)
    assert none.code == 8
    assert "no edition before the current one" in none.error
    assert hotspots("rollback", REGION, new).code == 0
    assert store.current(REGION).id == new


def test_verify_names_what_is_damaged(store: Store) -> None:
    current = store.current(REGION)
    count = len(current.manifest.files)
    assert hotspots("verify", REGION).out == f"{REGION} {current.id}: {count} files, all as published.\n"
    current.path("vectors/admin.csv").write_text("damaged")
    current.path("report/quality.json").unlink()
    ended = hotspots("verify", REGION, current.id)
    assert ended.code == 9
    assert ended.err.startswith("missing: report/quality.json\nchanged: vectors/admin.csv\n")
    assert f"edition {REGION}/{current.id}: 2 files are not as published. Remedy: Restore" in ended.error
    current.path("manifest.json").write_text("{}")
    ended = hotspots("verify", REGION)
    assert ended.code == 9
    assert ended.err.startswith("changed: manifest.json\n")
    unknown = hotspots("verify", REGION, "2020-01-01-000000000000")
    assert unknown.code == 8
    assert unknown.error.endswith(f"`hotspots editions {REGION}` lists them.")


# export, map


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("hotspots", "-f", "geojson"), "vectors/hotspots.geojson"),
        (("hotspots", "-f", "gpkg"), "vectors/hotspots.gpkg"),
        (("hotspots", "-f", "parquet"), "vectors/hotspots.parquet"),
        (("hotspots", "-f", "csv"), "vectors/hotspots.csv"),
        (("hotspots",), "vectors/hotspots.geojson"),
        (("people",), "rasters/people.tif"),
    ],
)
def test_export_copies_the_layer(store: Store, tmp_path: Path, arguments: tuple[str, ...], file: str) -> None:
    target = tmp_path / "out"
    ended = hotspots("export", REGION, *arguments, "-o", str(target))
    assert ended.out == f"Wrote {target}\n"
    assert target.read_bytes() == store.current(REGION).path(file).read_bytes()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("ending", ["geojson", "gpkg", "parquet", "csv"])
def test_export_of_a_tag_holds_what_carries_it_and_says_how_many(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    ended = hotspots("export", REGION, "hotspots", "--tag", "minamata", "--tag", "sdg_3.9", "-o", str(target))
    assert ended.out == f"Wrote {target}: 1 of 2 features\n"
    readers = {"parquet": gpd.read_parquet, "csv": pd.read_csv}
    assert list(readers.get(ending, gpd.read_file)(target)["name"]) == ["Eastend"]


@pytest.mark.usefixtures("store")
def test_export_goes_by_the_ending_of_the_output(tmp_path: Path) -> None:
    target = tmp_path / "out.gpkg"
    assert hotspots("export", REGION, "admin", "-o", str(target)).code == 0
    assert len(gpd.read_file(target)) == len(assessment().units)


def test_export_and_map_name_their_files(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    current = store.current(REGION).id
    assert hotspots("export", REGION, "admin").out == f"Wrote {REGION}-admin-{current}.geojson\n"
    assert hotspots("map", REGION).out == f"Wrote {REGION}-{current}.html: 0.2 MB\n"
    assert hotspots("map", REGION, "--lang", "ar").out == f"Wrote {REGION}-{current}-ar.html: 0.2 MB\n"
    assert '<html lang="ar" dir="rtl">' in (tmp_path / f"{REGION}-{current}-ar.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--lang", "de"), 8, "--lang: there is no map in 'de'. Remedy: Use ar, zh, en, fr, ru, es."),
        (("--layer", "burdn"), 8, "Did you mean 'burden'?"),
        (("-o", "/nowhere/map.html"), 1, "/nowhere/map.html: cannot be written: No such file or directory."),
    ],
)
def test_a_map_that_cannot_be_says_what_can(arguments: tuple[str, ...], code: int, told: str) -> None:
    ended = hotspots("map", REGION, *arguments)
    assert ended.code == code
    assert told in ended.error


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("hotspot",), 8, "there is no layer 'hotspot'. Remedy: Did you mean 'hotspots'?"),
        (("zzz",), 8, "Remedy: Known layers: admin, "),
        (("hotspots", "-f", "xls"), 8, "hotspots: there is no 'xls' of it. Remedy: Give --format, one of csv, geojson"),
        (("people", "-f", "csv"), 8, "people: there is no 'csv' of it. Remedy: Give --format, one of tif."),
        (("admin", "-o", "/nowhere/admin.csv"), 1, "/nowhere/admin.csv: cannot be written: No such file or directory."),
        (("admin", "--tag", "minamata"), 8, "admin: its features carry no tags, so not minamata either."),
        (
            ("hotspots", "--tag", "mercury"),
            8,
            "no feature carries mercury. Remedy: They carry chemicals_and_waste, min",
        ),
        (("admin", "--edition", "x"), 8, "has no edition 'x'. Remedy: It has 2026-"),
    ],
)
def test_an_export_that_cannot_be_says_what_can(arguments: tuple[str, ...], code: int, told: str) -> None:
    ended = hotspots("export", REGION, *arguments)
    assert ended.code == code
    assert told in ended.error
    assert len(ended.error) < 500
