"""Treatment plants on the miniature of 1 000 people, and what is left of municipal wastewater beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import catalogue, load
from data_pipelines.contract import Facilities
from data_pipelines.facilities import served_share
from hotspots.errors import InputError
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import FIXTURES, reasons
from tests.data_pipelines.sources import layouts

TABLE = FIXTURES / "hydrowaste.csv"


def read(path: Path = TABLE) -> Facilities:
    value: Facilities = miniature.read("hydrowaste", path).value
    return value


def amounts(found: Facilities) -> dict[tuple[str, str], float]:
    rows = found.releases[["source_id", "pollutant", "release_kg_yr"]].itertuples(index=False)
    return {(str(source), str(pollutant)): float(kg) for source, pollutant, kg in rows}


def test_plants_release_what_their_treatment_leaves_of_the_people_served() -> None:
    # Upper middle income: 40 g BOD, 10 g N, 1.5 g P a person and day. 200 people, secondary: 80, 30 and 30 % removed;
    # 200 · 14.6 kg · 0.2 = 584 kg BOD a year. 500 people, primary: 20, 10 and 10 % removed; 500 · 14.6 · 0.8 = 5 840.
    assert amounts(read()) == pytest.approx(
        {
            ("mini:1", "bod"): 584.0,
            ("mini:1", "total_n"): 200 * 3.65 * 0.7,
            ("mini:1", "total_p"): 200 * 0.5475 * 0.7,
            ("mini:2", "bod"): 5_840.0,
            ("mini:2", "total_n"): 500 * 3.65 * 0.9,
            ("mini:2", "total_p"): 500 * 0.5475 * 0.9,
        }
    )
    releases = read().releases
    assert set(releases["medium"]) == {"water"}
    assert dict(zip(releases["source_id"], releases["quality"], strict=True)) == {"mini:1": "D", "mini:2": "E"}


def test_rows_are_told_apart() -> None:
    found = miniature.read("hydrowaste", TABLE)
    assert reasons(found.quality[0]) == {
        3: ["not_operating"],
        4: ["STATUS_EXCLUDED"],
        5: ["releases_unknown"],
        6: ["OUTSIDE_REGION"],
        7: ["ZERO_COORDINATE"],
    }
    sources = found.value.sources.set_index("source_id")
    assert sources["name"].tolist() == ["Westend works", "Wastewater plant 2", "Old works", "Hill works"]
    # Nobody knows whom Hill works serves: that is not a release of 0.
    assert sources["releases_assessed"].tolist() == [True, True, True, False]
    assert set(sources["sector"]) == {"wastewater"}


def test_only_operating_plants_of_the_region_serve_people() -> None:
    found = read()
    assert found.people_served == {"mini:1": 200.0, "mini:2": 500.0}
    people = miniature.people_on_grid()
    assert served_share(found, people) == pytest.approx(0.7)
    abroad = found.sources.assign(transboundary=found.sources["source_id"] == "mini:2")
    assert served_share(Facilities(abroad, found.releases, found.people_served), people) == pytest.approx(0.2)
    many = {name: 10 * count for name, count in found.people_served.items()}
    assert served_share(Facilities(found.sources, found.releases, many), people) == 1.0


def municipal_bod(served: float) -> float:
    factors = load.municipal_factors("upper_middle", served)
    return sum(f.kg_per_person_yr for f in factors if (f.pollutant, f.medium) == ("bod", "water"))


def test_people_served_by_plants_do_not_count_twice() -> None:
    # 14.6 kg a person; 80 % reaches rivers, 43 % of it is treated and loses 90 %.
    assert municipal_bod(0.0) == pytest.approx(14.6 * 0.8 * (1 - 0.43 * 0.9))
    # Plants that serve 20 % are part of the 43 %: of the other 80 % (0.43 - 0.2) / 0.8 = 28.75 % is treated.
    assert municipal_bod(0.2) == pytest.approx(14.6 * 0.8 * 0.8 * (1 - 0.2875 * 0.9))
    # Plants that serve more leave nothing that is treated elsewhere, and plants that serve all leave nothing.
    assert municipal_bod(0.7) == pytest.approx(14.6 * 0.3 * 0.8)
    assert municipal_bod(1.0) == 0.0


def test_names_are_in_latin_1(tmp_path: Path) -> None:
    copy = tmp_path / TABLE.name
    copy.write_bytes(TABLE.read_text().replace("Westend works", "Kläranlage Süd").encode("latin-1"))
    assert "Kläranlage Süd" in set(read(copy).sources["name"])


@pytest.mark.parametrize("column", ["WASTE_ID", "LAT_WWTP", "POP_SERVED", "LEVEL", "STATUS", "WASTE_DIS", "QUAL_POP"])
def test_a_column_that_is_renamed_is_an_error(tmp_path: Path, column: str) -> None:
    with pytest.raises(InputError, match=column):
        read(layouts.changed(TABLE, tmp_path, layouts.renamed(column)))


@pytest.mark.parametrize(("column", "factor"), [("POP_SERVED", 0.001), ("WASTE_DIS", 1000.0), ("WASTE_DIS", 1e-6)])
def test_a_unit_that_is_swapped_is_an_error(tmp_path: Path, column: str, factor: float) -> None:
    change = layouts.every(column, lambda text: text and str(float(text) * factor))
    with pytest.raises(InputError, match="litres a day for each person"):
        read(layouts.changed(TABLE, tmp_path, change))


@pytest.mark.parametrize(("column", "word"), [("LEVEL", "Tertiary"), ("STATUS", "Active"), ("QUAL_POP", "5")])
def test_a_word_that_the_readme_does_not_have_is_an_error(tmp_path: Path, column: str, word: str) -> None:
    with pytest.raises(InputError, match=f"row 1 has the {column} '{word}'"):
        read(layouts.changed(TABLE, tmp_path, layouts.every(column, lambda _: word)))


def test_a_row_that_is_dropped_is_missed(tmp_path: Path) -> None:
    fewer = read(layouts.changed(TABLE, tmp_path, layouts.without_row(1)))
    assert ("mini:1", "bod") not in amounts(fewer)
    assert fewer.people_served == {"mini:2": 500.0}


def test_the_catalogue_takes_the_table_from_the_archive() -> None:
    (file,) = catalogue.catalogued("hydrowaste").remote_files({}, Path("region.toml"), "parameters")
    assert (file.saved_as, file.archive, file.member) == ("HydroWASTE_v10.zip", "zip", "*HydroWASTE_v10.csv")
