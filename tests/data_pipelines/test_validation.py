from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger, defect_share, within_limit
from data_pipelines.validation import check_text, damaged, numbers, years
from hotspots.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "Na Táº©u",
        "SÃ£o Paulo",
        "Ã‰pehy",
        "KÃ¶ln",
        "HÆ°ng YÃªn",
        "Kl\ufffdden",
        "V?nh",
        "B?c Giang",
        "??ng Nai",
        "Itâ€™s",
        "Cut\x00short",
    ],
)
def test_damaged_text_is_noticed(text):
    assert damaged(text)


@pytest.mark.parametrize(
    "text",
    [
        "Épehy",
        "Köln",
        "São Paulo",
        "Đồng Nai",
        "Hưng Yên",
        "HKW West ?",
        "Why not?",
        "Ærø",
        "Ísafjörður",
        "Âge",
        "Ångström",
    ],
)
def test_sound_text_is_not(text):
    assert not damaged(text)


def test_years_as_inventories_write_them():
    text = pd.Series(["2011", "2011.0", "2013.9999999999998", "1996-2006", "", "unknown", "built 1987"])
    assert years(text).tolist() == [2011, 2011, 2014, 1996, pd.NA, pd.NA, 1987]


def test_numbers_know_missing_from_invalid():
    values, missing, invalid = numbers(pd.Series(["1.5", "", "NA", "inf", "1,5", "-2"]))
    assert missing.tolist() == [False, True, True, False, False, False]
    assert invalid.tolist() == [False, False, False, True, True, False]
    assert values[[0, 5]].tolist() == [1.5, -2]


def test_a_row_of_another_length_is_put_aside_and_a_short_last_one_is_a_cut_file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n\n3,4,5\n6,7\n")
    table = read_table(path, ("a", "b"))
    assert (table.rows_in, table.malformed, table.frame["row"].tolist()) == (3, (2,), [1, 3])
    assert Ledger.of("set", table).close().rows_quarantined == 1
    path.write_text("a,b\n1,2\n3")
    with pytest.raises(InputError, match="cut off"):
        read_table(path, ("a",))


def test_another_encoding_is_an_error_that_says_what_to_set(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("name\nK\u00f6ln\n".encode("latin-1"))
    with pytest.raises(InputError) as error:
        read_table(path, ("name",))
    assert error.value.field == "encoding"
    assert read_table(path, ("name",), "latin-1").frame["name"].tolist() == ["K\u00f6ln"]


def test_rows_of_elsewhere_are_no_defect():
    ledger = Ledger("set", Path("table.csv"), rows_in=10)
    ledger.quarantine([1, 2, 3, 4, 5], "OUTSIDE_REGION")
    ledger.quarantine([6], "ZERO_COORDINATE")
    ledger.flag([7], "TEXT_DAMAGED")
    quality = ledger.close()
    assert (quality.rows_used, quality.rows_quarantined) == (4, 6)
    assert defect_share(quality) == pytest.approx(1 / 5)
    assert within_limit(quality, Path("table.csv"), 0.2) is quality
    with pytest.raises(InputError, match=r"20%.*limit of 19%.*ZERO_COORDINATE 1") as error:
        within_limit(quality, Path("table.csv"), 0.19)
    assert error.value.source == "table.csv"


def test_a_reason_that_nobody_explained_is_refused():
    with pytest.raises(ValueError, match="NO_SUCH_REASON"):
        Ledger("set", Path("table.csv"), 1).flag([1], "NO_SUCH_REASON")


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=60))
def test_rows_are_always_accounted_for(events):
    ledger = Ledger("set", Path("table.csv"), rows_in=20)
    for row, aside in events:
        (ledger.quarantine if aside else ledger.flag)([row], "TEXT_DAMAGED")
    quality = ledger.close()
    assert quality.rows_quarantined == len({row for row, aside in events if aside})
    assert len(quality.issues) == len(events)


def test_control_characters_are_flagged_and_cannot_cut_the_text_short():
    ledger = Ledger("facilities", Path("f.csv"), 2)
    table = pd.DataFrame({ROW: [1, 2], "name": ["Plant\x00 of the bay", "Whole"]})
    check_text(ledger, table, ["name"])
    assert table["name"].tolist() == ["Plant\ufffd of the bay", "Whole"]
    assert [issue.row for issue in ledger.close().issues] == [1]
