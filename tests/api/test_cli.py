"""Every command: what it prints, its exit code, and errors that name file, field and remedy."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from api import console
from api.commands.refreshing import INTERRUPTED
from api.summary import shortened
from config.composite import load_method
from data_pipelines.refresh import Outcome
from hotspots.editions import Store
from hotspots.errors import InputError
from tests import new_region
from tests.command import hotspots
from tests.hotspots.editions.publishing import edition as publish_edition
from tests.miniature import assessment

REGION = "miniature"
COMMANDS = (
    "demo",
    "refresh",
    "serve",
    "regions",
    "editions",
    "rollback",
    "verify",
    "export",
    "map",
    "check",
    "score",
    "doctor",
)


@pytest.fixture
def store(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of its own with the miniature region; its editions come from no configured region."""
    copy = shutil.copytree(home, tmp_path / "home")
    monkeypatch.setenv("HOTSPOTS_HOME", str(copy))
    monkeypatch.delenv("HOTSPOTS_DATA", raising=False)
    monkeypatch.delenv("HOTSPOTS_CONFIG", raising=False)
    return Store(copy)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_region.write(tmp_path / "config")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    return folder / "regions"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.out, "width", 80)


# The command itself


def test_help_lists_every_command() -> None:
    listed = hotspots("--help").out
    assert all(re.search(rf"^. {name} ", listed, re.M) for name in COMMANDS), listed


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    ended = hotspots(command, "--help")
    assert ended.code == 0
    assert re.search(rf"Example: .*hotspots {command}", ended.out)


def test_help_imports_nothing_heavy() -> None:
    heavy = {"numpy", "pandas", "fastapi", "sqlalchemy"}
    script = f"import sys, api.cli; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_version() -> None:
    assert re.fullmatch(r"hotspots \d+\.\d+\.\d+\n", hotspots("--version").out)


@pytest.mark.parametrize("arguments", [["nonsense"], ["refresh"], ["serve", "--port", "99999"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str]) -> None:
    assert hotspots(*arguments).code == 2


def test_a_store_that_cannot_be_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", "/dev/null/store")
    ended = hotspots("regions")
    assert ended.code == 7
    assert "/dev/null/store: opening the store stopped: Not a directory." in ended.error
    assert "Remedy: " in ended.error


# refresh, regions


@pytest.mark.usefixtures("store", "terminal")
def test_refresh_publishes_then_says_nothing_changed(config: Path) -> None:
    dry = hotspots("refresh", "testland", "--dry-run")
    assert dry.code == 0
    assert dry.out.endswith("Dry run: nothing was published.\n")
    assert hotspots("editions", "testland").code == 8
    first = hotspots("refresh", "testland")
    assert re.search(r"^Published testland edition [\w-]+ in /.*/testland/[\w-]+$", first.out, re.M)
    assert "read: " in first.err
    assert "(cached)" in first.err
    assert all(len(line) <= 80 for line in first.out.splitlines() if not line.startswith("Published"))
    assert "facilities" in first.out
    assert "ZERO_COORDINATE 1 quarantined" in first.out
    again = hotspots("refresh", "testland")
    assert again.code == 0
    assert re.search(r"^Nothing changed: [\w-]+ stays current\.$", again.out, re.M)
    (config / "people.tif").write_bytes(b"<html>no</html>")
    bad = hotspots("refresh", "testland")
    assert bad.code == InputError.exit_code
    assert "people.tif: the file is a web page" in bad.error
    listed = hotspots("regions").out
    assert re.search(r"^testland .* stale, see below", listed, re.M)
    assert re.search(r"^testland is stale since 20.*web page", listed, re.M)


@pytest.mark.usefixtures("store", "terminal")
def test_names_are_printed_as_they_stand(config: Path) -> None:
    table = config / "inventory.csv"
    table.write_bytes(table.read_bytes().replace(b"F\xe1brica Bah\xeda", b"[red]Works :smile: \x1b[31m"))
    toml = config / "testland.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"Testland"', '"[bold]Testland"'), encoding="utf-8")
    ended = hotspots("refresh", "testland", "--dry-run")
    assert "[bold]Testland: " in ended.out
    assert "[red]Works :smile:" in ended.out
    assert "\x1b" not in ended.out
    assert re.search(r"^testland +\[bold\]", hotspots("regions").out, re.M)


def test_units_are_shortened() -> None:
    assert shortened("A") == "A"
    assert shortened("A, B") == "A, B"
    assert shortened("A, B, C") == "A, B, …"


@pytest.mark.usefixtures("store")
def test_ctrl_c_says_what_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr("data_pipelines.refresh.refresh", interrupted)
    ended = hotspots("refresh", "jamaica")
    assert ended.code == INTERRUPTED
    assert "Interrupted. jamaica has no edition yet. Finished stages are kept" in ended.err.replace("\n", " ")


@pytest.mark.usefixtures("store", "terminal")
def test_regions_tells_what_keeps_each_from_being_refreshed(config: Path) -> None:
    (config / "broken.toml").write_text("titel = 'Broken'\n")
    (config / "wind.nc").unlink()
    ended = hotspots("regions")
    assert ended.code == 0
    state = {line.split()[0]: line for line in ended.out.splitlines()}
    assert "not refreshed yet" in state["jamaica"]
    assert state["vietnam"].rstrip().endswith("data not found: set HOTSPOTS_DATA")
    assert "no longer configured" in state["miniature"]
    assert re.search(r"^broken .*broken, see below", ended.out, re.M)
    assert re.search(r"^broken: .*broken\.toml: titel: unknown key", ended.out, re.M)
    assert re.search(r"^testland: .*testland\.toml: datasets\.wind\.path: no such file", ended.out, re.M)


# editions, rollback, verify


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
    current.path("map.html").unlink()
    ended = hotspots("verify", REGION, current.id)
    assert ended.code == 9
    assert ended.err.startswith("missing: map.html\nchanged: vectors/admin.csv\n")
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
    assert hotspots("map", REGION).out == f"Wrote {REGION}-{current}.html\n"
    assert (tmp_path / f"{REGION}-{current}.html").read_bytes() == store.current(REGION).path("map.html").read_bytes()


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


# check, score


def test_check_prints_the_quality_report(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text("name,latitude,longitude\nA,18,-77\n[b]B,0,0\nC,,\nD,18.5,-77.5\n")
    ended = hotspots("check", str(file))
    assert ended.code == 11
    assert ended.out.startswith("inventory.csv: 4 rows in = 2 used + 2 quarantined\n")
    assert "  ZERO_COORDINATE: 1 quarantined. Latitude and longitude are both 0.\n    row 2" in ended.out
    assert "    row 3\n" in ended.out
    file.write_text("name,latitude,longitude\nA,18,-77\n")
    assert hotspots("check", str(file)).code == 0


def test_check_says_once_how_rows_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text("name,latitude,longitude\nA,0,0\nB,,\n")
    assert hotspots("check", str(file)).out.count("Rows are counted from 1 without the header.") == 1
    file.write_text("name,latitude,longitude,status\nA,18,-77,operating\n")
    assert "Columns not used" not in hotspots("check", str(file)).out


def test_check_names_the_columns_it_did_not_use(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text("name,latitude,longitude,status,release,unit\nA,18,-77,operating,5,t\n")
    out = hotspots("check", str(file)).out
    assert "Columns not used: release, unit.\n" in out
    assert "`--region R --dataset D`" in out
    assert "docs/configuration.md" in out


@pytest.mark.usefixtures("store")
def test_check_reads_a_file_as_a_dataset_of_a_region(config: Path) -> None:
    file = str(config / "inventory.csv")
    ended = hotspots("check", file, "--region", "testland", "--dataset", "facilities")
    assert ended.code == 11
    assert "13 rows in = 12 used + 1 quarantined" in ended.out
    unknown = hotspots("check", file, "--region", "testland", "--dataset", "facility")
    assert unknown.code == 3
    assert "facility" in unknown.error
    assert hotspots("check", file, "--dataset", "facilities").code == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html></html>", "the file is a web page"),
        (b"name,lat,lon\nA,1,2\n", "its columns are those of no known inventory"),
        (b"name,latitude,longitude\n\xff,1,2\n", "the text is not utf-8"),
    ],
)
def test_check_of_a_file_that_cannot_be_used(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "inventory.csv"
    file.write_bytes(content)
    ended = hotspots("check", str(file))
    assert ended.code == InputError.exit_code
    assert f"{file}: " in ended.error
    assert told in ended.error
    assert "Remedy: " in ended.error


def test_score_applies_a_built_in_method(tmp_path: Path) -> None:
    table, output = tmp_path / "tracts.csv", tmp_path / "scores.csv"
    indicators = load_method("calenviroscreen3").indicators
    pd.DataFrame({"tract": ["a", "b"]} | {name: [1.0, 2.0] for name in indicators}).to_csv(table, index=False)
    ended = hotspots("score", str(table), "--method", "calenviroscreen3", "-o", str(output))
    assert ended.out == f"Scored 2 rows by CalEnviroScreen 3.0; wrote {output}\n"
    scored = pd.read_csv(output).set_index("tract")
    # Every percentile of b is 100 and of a 50: components 10 and 5 of 10, product 100 and 25.
    assert scored["CES 3.0 Score"].to_dict() == pytest.approx({"a": 25.0, "b": 100.0})
    for arguments, code, told in (
        ((str(table), "--method", "calenviroscreen", "-o", str(output)), 3, "methods/calenviroscreen.toml"),
        ((str(tmp_path / "no.csv"), "--method", "calenviroscreen3", "-o", str(output)), 4, "cannot be read: No such"),
        ((str(table), "--method", "calenviroscreen3", "-o", "/nowhere/x.csv"), 1, "/nowhere/x.csv: cannot be written"),
    ):
        failed = hotspots("score", *arguments)
        assert failed.code == code
        assert told in failed.error
        assert "Remedy: " in failed.error
    table.write_text("tract,Ozone\na,1\n")
    missing = hotspots("score", str(table), "--method", "calenviroscreen3", "-o", str(output))
    assert missing.code == InputError.exit_code
    assert "the column is missing" in missing.error


def test_score_leaves_what_it_does_not_use_as_it_was(tmp_path: Path) -> None:
    table, output = tmp_path / "tracts.csv", tmp_path / "scores.csv"
    indicators = load_method("calenviroscreen3").indicators
    values = pd.DataFrame({name: ["1", "2.50", "NA"] for name in indicators})
    kept = pd.DataFrame({"Census Tract": ["060003", "060004", "NA"], "Share": ["1.10", "", "1e3"]})
    pd.concat([kept, values], axis=1).to_csv(table, index=False)
    assert hotspots("score", str(table), "--method", "calenviroscreen3", "-o", str(output)).code == 0
    scored = pd.read_csv(output, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(scored[list(kept.columns)], kept.astype("str"), check_dtype=False)
    assert scored["CES 3.0 Score"].map(bool).tolist() == [True, True, False]
    values.loc[1, "Ozone"] = "low"
    values.to_csv(table, index=False)
    ended = hotspots("score", str(table), "--method", "calenviroscreen3", "-o", str(output))
    assert ended.code == InputError.exit_code
    assert "tracts.csv: Ozone: 'low' is not a number of 0 or more" in ended.error


# serve, doctor


@pytest.mark.usefixtures("store")
def test_a_taken_port_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = hotspots("serve", "--port", str(port))
    assert ended.code == 3
    assert f"port {port} is taken. Remedy: " in ended.error


@pytest.mark.usefixtures("store")
def test_serve_ends_cleanly_with_ctrl_c() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert f"http://127.0.0.1:{port}/" in child.stdout.readline()
        try:
            _wait_for(port)
        finally:
            child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (0, "", "")


def _wait_for(port: int) -> None:
    for _ in range(400):
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the service did not start")


@pytest.fixture
def healthy(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A machine on which `doctor` finds nothing."""
    for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("api.doctor.NEEDED_GIB", 0)
    return store


@pytest.mark.usefixtures("healthy")
def test_doctor_is_content_with_the_demonstration_alone() -> None:
    ended = hotspots("doctor")
    assert ended.code == 0, ended.out
    assert re.search(r"^ok +region jamaica: 7 datasets found$", ended.out, re.M)
    assert re.search(r"^not available +region vietnam: data not found: set HOTSPOTS_DATA$", ended.out, re.M)


@pytest.mark.usefixtures("healthy")
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GDAL_DATA", "/usr/share/gdal", "environment GDAL_DATA: set to /usr/share/gdal.*unset GDAL_DATA"),
        ("HOTSPOTS_DATA", "/nowhere", "region vietnam: .*datasets.*no such file.*under HOTSPOTS_DATA"),
        ("HOTSPOTS_CONFIG", "/nowhere", "regions: /nowhere: HOTSPOTS_CONFIG: is not a folder"),
        ("HOTSPOTS_HOME", "/dev/null/store", "HOTSPOTS_HOME: /dev/null/store: opening the store stopped"),
    ],
)
def test_doctor_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    ended = hotspots("doctor")
    assert ended.code == 1
    assert re.search(rf"^problem +{told}", ended.out, re.M), ended.out


@pytest.mark.usefixtures("healthy")
def test_doctor_finds_a_region_of_ones_own_without_its_data(config: Path) -> None:
    (config / "people.tif").unlink()
    ended = hotspots("doctor")
    assert ended.code == 1
    assert re.search(r"^problem +region testland: .*datasets\.population\.path: no such file", ended.out, re.M)


# What long work looks like


def test_bars_on_a_terminal_say_how_each_stage_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "err", console.Console(force_terminal=True, width=100, color_system=None))
    with console.err.capture() as shown, console.progress() as bars:
        bars.start("read", 2)
        bars.advance("read")
        bars.advance("read")
        bars.finish("read", "[red]cached")
        bars.finish("never started", "skipped")
    assert re.search(r"✓ read +━+ 2/2 +[\d:]+ \[red\]cached", shown.get())
    assert re.search(r"✓ never started +━+ 1/1 .* skipped", shown.get())
