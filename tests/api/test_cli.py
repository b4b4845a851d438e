"""Every command: its help, what a wrong command line is, refresh, regions, and what long work looks like."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api import console
from api.commands.refreshing import INTERRUPTED
from api.summary import shortened
from data_pipelines.refresh import Outcome
from hotspots.errors import InputError
from tests.command import hotspots

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
    "jobs",
    "keys",
    "schedule",
)


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
    dry = hotspots("refresh", "testland", "--no-publish")
    assert dry.code == 0
    assert dry.out.endswith("Nothing was published, as asked.\n")
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
    ended = hotspots("refresh", "testland", "--no-publish")
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
    def interrupted(*_: object, **__: object) -> Outcome:
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


@pytest.mark.usefixtures("store")
def piped(*arguments: str) -> str:
    """What a program reads that runs the command."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_a_table_in_a_pipe_has_each_row_on_one_line_and_nothing_cut(config: Path) -> None:
    title = "Industrial Reporting under the European Pollutant Release and Transfer Register"
    (line,) = [line for line in piped("datasets").splitlines() if line.startswith("eprtr")]
    assert re.fullmatch(rf"eprtr +{title} +EEA standard .* as it is +by hand *", line)
    (config / "testland.toml").write_text(f'title = "{title}"\ncountries = ["JAM"]\n')
    assert "…" not in piped("regions")


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
