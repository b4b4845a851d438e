"""docs/new-region.md, followed to the letter; and what `hotspots new-region` makes of other answers."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import load
from data_pipelines.new_region import Release, read_layout
from hotspots.editions import Store
from hotspots.errors import InputError
from tests import new_region
from tests.command import Ended, hotspots

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "new-region.md"
PLAIN = ("--title", "Ghana", "--country", "GHA", "--income-group", "lower_middle", "--unit-label", "region")
OWN = ("--publisher", "Ministry", "--licence", "Internal")


def commands() -> list[list[str]]:
    """The commands of the guide in their order, without `hotspots`."""
    blocks = re.findall(r"^```console\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("hotspots ")]


def schedule() -> str:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    return block


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the guide is followed in: the files of step 1."""
    new_region.write(tmp_path / "my-config")
    (tmp_path / "my-config" / "regions" / "testland.toml").unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_CONFIG", "my-config")
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def done(*arguments: str) -> Ended:
    ended = hotspots(*arguments)
    assert ended.code == 0, ended.err
    return ended


def test_the_guide_up_to_the_first_refresh(here: Path) -> None:
    begin, check, dry, *_ = commands()
    assert "name = 'planta', latitude = 'lat', longitude = 'lon'" in done(*begin).out
    config = load.region("testland")
    assert set(config.datasets) == {"boundaries", "population", "facilities"}
    options = config.datasets["facilities"].options
    # What configuration.md writes by hand, the command finds out or was told.
    by_hand = tomllib.loads(new_region.documented("toml"))["datasets"]["facilities"]["options"]
    assert dict(options["columns"]) == by_hand["columns"]
    assert dict(options["sectors"]) == by_hand["sectors"]
    assert [dict(item) for item in options["releases"]] == by_hand["releases"]
    assert (options["delimiter"], options["encoding"], options["country"]) == (";", "cp1252", "JAM")
    assert config.datasets["facilities"].ref.redistribution == "derived"
    checked = hotspots(*check)
    assert checked.code == 11, checked.err
    assert "13 rows in = 12 used + 1 quarantined" in checked.out
    assert "not known before the first refresh" in done(*dry).out


def test_the_schedule_of_the_guide(here: Path) -> None:
    done(*commands()[0])
    file = here / "my-config" / "regions" / "testland.toml"
    file.write_text(file.read_text(encoding="utf-8") + schedule(), encoding="utf-8")
    (show,) = [command for command in commands() if command == ["schedule", "show"]]
    assert re.search(r"^testland +30 2 1 \* \* +America/Jamaica +now", done(*show).out, re.M)


@pytest.mark.soak
def test_the_whole_guide(here: Path) -> None:
    begin, check, *rest = commands()
    done(*begin)
    assert hotspots(*check).code == 11
    for command in rest:
        if command == ["schedule", "show"]:
            file = here / "my-config" / "regions" / "testland.toml"
            file.write_text(file.read_text(encoding="utf-8") + schedule(), encoding="utf-8")
        done(*command)
    edition = Store(here / "home").current("testland")
    assert edition.manifest.totals.people == new_region.PEOPLE
    assert [job.state for job in Store(here / "home").jobs.all()] == ["succeeded"]


def written(folder: Path, *arguments: str) -> dict[str, Any]:
    done("new-region", "ghana", *arguments, "--folder", str(folder))
    return tomllib.loads((folder / "regions" / "ghana.toml").read_text(encoding="utf-8"))


def test_without_own_files_everything_comes_from_the_catalogue(here: Path) -> None:
    table = written(here / "my-config", *PLAIN, "--level", "ADM2")
    assert table["datasets"] == {
        "boundaries": {"from": "geoboundaries", "parameters": {"country": "GHA", "level": "ADM2"}},
        "population": {"from": "worldpop_population", "parameters": {"country": "GHA", "year": 2020}},
        "power_plants": {"from": "gppd"},
    }
    assert load.region("ghana").datasets["population"].remote["file"].saved_as.startswith("gha_ppp_2020")


def test_the_comments_of_the_file_are_valid_when_taken_off(here: Path) -> None:
    written(here / "my-config", *PLAIN)
    text = (here / "my-config" / "regions" / "ghana.toml").read_text(encoding="utf-8")
    begin = text.index("# Winds")
    further = [line for line in text[begin:].splitlines() if re.match(r"# (\[|[a-z_]+ = )", line)]
    (here / "my-config" / "regions" / "full.toml").write_text(
        text[:begin] + "\n".join(line.removeprefix("# ") for line in further), encoding="utf-8"
    )
    config = load.region("full")
    assert {"wind", "protected_areas"} < set(config.datasets)
    assert config.schedule is not None


def test_sectors_that_are_not_named_wait_as_comments(here: Path) -> None:
    inventory = here / "my-config" / "regions" / "inventory.csv"
    table = written(here / "my-config", *PLAIN, *OWN, "--inventory", str(inventory), "--inventory-year", "2022")
    assert table["datasets"]["facilities"]["options"]["sectors"] == {}
    text = (here / "my-config" / "regions" / "ghana.toml").read_text(encoding="utf-8")
    assert '# "Cemento" = "other_industry" # choose a sector' in text
    assert table["datasets"]["facilities"]["path"] == "inventory.csv"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--country", "Ghana"), "countries"),
        (("--income-group", "rich"), "income_group"),
        (("--country", "TGO"), "one country each"),
        (("--boundaries", "my-config/regions/districts.geojson", *OWN), "--id-column and --name-column"),
        (("--population", "nowhere.tif", *OWN), "no such file"),
        (("--inventory", "nowhere.csv", "--inventory-year", "2022", *OWN), "no such file"),
        (("--level", "states"), "level: 'states' does not fit"),
    ],
)
def test_what_does_not_fit_is_named_and_leaves_no_file(here: Path, arguments: tuple[str, ...], message: str) -> None:
    ended = hotspots("new-region", "ghana", *PLAIN, *arguments)
    assert ended.code in {3, 4}
    assert message in ended.error
    assert "ghana" not in load.region_ids()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--column", "latitude=Breite"), "there is no column 'Breite'"),
        (("--sector", "Cemento=cement"), "'cement', for 'Cemento', is no sector"),
        (("--release", "so2,air,SO2,t/year"), "there is no column 'SO2'"),
    ],
)
def test_columns_and_sectors_are_held_against_the_table(here: Path, arguments: tuple[str, ...], message: str) -> None:
    inventory = ("--inventory", "my-config/regions/inventory.csv", "--inventory-year", "2022")
    ended = hotspots("new-region", "ghana", *PLAIN, *OWN, *inventory, *arguments)
    assert message in ended.error
    assert "ghana" not in load.region_ids()


def test_nothing_is_written_over_and_ids_are_checked(here: Path) -> None:
    assert "exists already" in hotspots("new-region", "jamaica", *PLAIN).error
    assert "is no region id" in hotspots("new-region", "../evil", *PLAIN).error


def test_where_nobody_can_be_asked_the_option_is_named(here: Path) -> None:
    ended = hotspots("new-region", "ghana", *PLAIN[2:])
    assert ended.code == 2
    assert "--title" in ended.err


def test_on_a_terminal_what_is_not_given_is_asked_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Ghana", "GHA", "lower_middle", "region"])
    monkeypatch.setattr("api.commands.new_region._somebody_there", lambda: True)
    monkeypatch.setattr("api.commands.new_region.typer.prompt", lambda _: next(answers))
    done("new-region", "ghana")
    assert load.region("ghana").region.title == "Ghana"


@pytest.mark.parametrize(
    ("content", "delimiter", "encoding"),
    [
        (b"name,lat,lon\nA;B,1,2\n", ",", "utf-8"),
        ("name;lat;lon\nFábrica;1;2\n".encode("latin-1"), ";", "cp1252"),
        (b"name\tlat\tlon\nA\t1\t2\n", "\t", "utf-8"),
    ],
)
def test_how_a_table_is_written_is_found_out(tmp_path: Path, content: bytes, delimiter: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    table = read_layout(path)
    assert (table.delimiter, table.encoding) == (delimiter, encoding)
    assert table.guessed() == {"name": "name", "latitude": "lat", "longitude": "lon"}


def test_one_column_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name\nA\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no 3 columns: name"):
        read_layout(tmp_path / "t.csv")


def test_a_release_may_have_commas_in_its_column() -> None:
    assert Release.of("so2,air,SO2, total,t/year") == Release("so2", "air", "SO2, total", "t/year")
