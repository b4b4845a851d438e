"""check, score: what they print, exit codes and remedies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from config.composite import load_method
from hotspots.errors import InputError
from tests.command import hotspots


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
