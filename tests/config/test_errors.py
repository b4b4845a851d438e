"""Every fault in a configuration names file, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import load
from config.dataset_file import checked_options
from config.paths import built_in
from config.reading import Settings
from hotspots.errors import ConfigError


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def fault(region_id: str = "testland") -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load.region(region_id)
    assert caught.value.remedy
    return caught.value


TOTAL = "[[inventory_totals]]\npollutant = 'pm25'\nvalue = 12\nunit = 'Gg/year'\nyear = 2020\ncitation = 'x'\n"


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("unit_label", "unit_lable", "unit_lable", "'unit_label'"),
        ('unit_label = "district"', "", "unit_label", "missing"),
        ('title = "Testland"', "title = 3", "title", "but is 3"),
        ('"low"', '"poor"', "income_group", "upper_middle"),
        ('"JAM"', '"Jamaica"', "countries[0]", "Jamaica"),
        ("value_ug_m3 = 12.5", 'value_ug_m3 = "12.5"', "backgrounds[0].value_ug_m3", "number"),
        ("value_ug_m3 = 12.5", "value_ug_m3 = nan", "backgrounds[0].value_ug_m3", "finite"),
        ("value_ug_m3 = 12.5", "value_ug_m3 = -1", "backgrounds[0].value_ug_m3", "greater than or equal"),
        ('pollutant = "pm25"', 'pollutant = "pm26"', "backgrounds[0].pollutant", "pm25"),
        (
            "[[backgrounds]]",
            '[[limits]]\npollutant = "pm25"\nvalue_ug_m3 = 0\ncitation = "x"\n\n[[backgrounds]]',
            "limits[0].value_ug_m3",
            "greater than 0",
        ),
        (
            "[[backgrounds]]",
            '[[limits]]\npollutant = "pm26"\nvalue_ug_m3 = 9\ncitation = "x"\n\n[[backgrounds]]',
            "limits[0].pollutant",
            "pm25",
        ),
        (
            "[[backgrounds]]",
            '[[backgrounds]]\npollutant = "pm25"\nvalue_ug_m3 = 9\nyear = 2020\ncitation = "x"\n\n[[backgrounds]]',
            "backgrounds[1].pollutant",
            "twice",
        ),
        ("[[backgrounds]]", f"{TOTAL}[[backgrounds]]".replace("Gg/year", "Gg"), "inventory_totals[0]", "kg/year"),
        ("[[backgrounds]]", f"{TOTAL}[[backgrounds]]".replace("pm25", "no2"), "inventory_totals[0].pollutant", "nox"),
        ("[[backgrounds]]", f"{TOTAL}sector = 'x'\n[[backgrounds]]", "inventory_totals[0].sector", "household"),
        ("[[backgrounds]]", f"{TOTAL}{TOTAL}[[backgrounds]]", "inventory_totals[1]", "twice"),
        ("licence =", "license =", "datasets.facilities.license", "'licence'"),
        ('"derived"', '"some"', "datasets.facilities.redistribution", "'raw'"),
        ('path = "facilities.csv"', "", "datasets.facilities", "'path'"),
        ('path = "facilities.csv"', 'path = "a"\npaths = {b = "c"}', "datasets.facilities", "'path'"),
        ("[datasets.facilities]", "[datasets.Facilities]", "datasets.Facilities", "pattern"),
    ],
)
def test_fault_in_a_region_file(region_file: Path, old: str, new: str, key: str, words: str) -> None:
    replaced(region_file, old, new)
    error = fault()
    assert error.source == str(region_file)
    assert error.field == key
    assert words in str(error)


def test_several_faults_are_counted(region_file: Path) -> None:
    replaced(region_file, 'title = "Testland"', "title = 3\nfoo = 1\nbar = 2")
    assert "2 more faults" in str(fault())


def test_toml_syntax_names_the_line(region_file: Path) -> None:
    region_file.write_text('title = "A"\ncountries = [\n', encoding="utf-8")
    assert "line" in str(fault()) or "end of document" in str(fault())
    region_file.write_text('title = "A"\ncountries == 3\n', encoding="utf-8")
    assert "line 2" in str(fault())


def test_not_utf8(region_file: Path) -> None:
    region_file.write_bytes(b'title = "Jama\xefca"')
    assert "UTF-8" in str(fault())


def test_unknown_region_suggests_the_nearest(own: Path) -> None:
    assert "'jamaica'" in str(fault("jamaika"))
    assert "regions" in str(fault("../secret"))


def test_unknown_method_names_both_places(region_file: Path, own: Path) -> None:
    replaced(region_file, 'unit_label = "district"', 'unit_label = "district"\nmethod = "none"')
    error = fault()
    assert str(own / "methods" / "none.toml") in str(error)
    assert str(built_in() / "methods" / "none.toml") in str(error)
    assert "HOTSPOTS_CONFIG" in str(error)


def test_config_folder_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match="HOTSPOTS_CONFIG"):
        load.region_ids()


def test_missing_data_file_names_both_places(own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (own / "regions" / "facilities.csv").unlink()
    dataset = load.region("testland").datasets["facilities"]
    with pytest.raises(ConfigError, match="set HOTSPOTS_DATA=") as caught:
        dataset.file()
    assert caught.value.field == "datasets.facilities.path"
    monkeypatch.setenv("HOTSPOTS_DATA", str(tmp_path))
    with pytest.raises(ConfigError) as caught:
        dataset.file()
    assert str(own / "regions" / "facilities.csv") in str(caught.value)
    assert str(tmp_path / "facilities.csv") in str(caught.value)
    (tmp_path / "facilities.csv").write_text("name\n", encoding="utf-8")
    assert dataset.file() == tmp_path / "facilities.csv"


def test_a_file_the_dataset_does_not_name(own: Path) -> None:
    with pytest.raises(ConfigError, match="needs a file called 'hourly'"):
        load.region("testland").datasets["facilities"].file("hourly")


class Options(Settings):
    """Options an adapter might have."""

    peple_column: str


def test_options_of_an_adapter(own: Path, region_file: Path) -> None:
    dataset = load.region("testland").datasets["facilities"]
    with pytest.raises(ConfigError) as caught:
        checked_options(Options, dataset)
    assert caught.value.source == str(region_file)
    assert caught.value.field == "datasets.facilities.options.people_column"
    assert "'peple_column'" in str(caught.value)


def built_in_copy(own: Path, name: str, old: str, new: str) -> Path:
    text = (built_in() / name).read_text(encoding="utf-8")
    assert old in text
    (own / name).parent.mkdir(exist_ok=True)
    (own / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return own / name


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "words"),
    [
        ("pollutants.toml", 'unit = "µg/m³"', 'unit = "µg"', "pm25.guideline", "'µg' does not"),
        ("pollutants.toml", 'unit = "hour"', 'unit = "huor"', "no2.half_life", "no known unit"),
        ("pollutants.toml", "7439-97-6", "7439-97-5", "hg.cas", "check digit"),
        ("pollutants.toml", 'emitted_as = "nox"', 'emitted_as = "noxx"', "no2.emitted_as", "'nox'"),
        ("pollutants.toml", '["air"]', '["ether"]', "pm25.media[0]", "'air'"),
        ("sectors.toml", "effective_height_m = 300", "", "public_electricity.effective_height_m", "missing"),
        ("sectors.toml", "land_weight = 1.0", "land_weight = -1.0", "petroleum_refining.land_weight", "greater"),
        ("methods/screening.toml", "radius_m = 50_000", "radius_km = 50", "air.radius_km", "'radius_m'"),
        ("methods/screening.toml", '"product"', '"mean"', "scoring.priority_rule", "'sum'"),
        ("methods/screening.toml", "E = 10.0", "E = 0.5", "uncertainty.quality_factors.E", "configuration.md"),
        ("methods/screening.toml", "draws = 1_000", "draws = 10", "uncertainty.draws", "configuration.md"),
        ("policy/default.toml", "publisher =", "publsher =", "publsher", "'publisher'"),
        (
            "emission_factors/power_plants.toml",
            'value = 209, unit = "g/GJ"',
            'value = 209, unit = "g/kWh/h"',
            "fuels.hard_coal.factors.nox",
            "g/GJ",
        ),
        ("emission_factors/power_plants.toml", '"Coal" = "hard_coal"', '"Coal" = "coal"', "names.Coal", "_coal'"),
        ("emission_factors/power_plants.toml", "nox = {", "nxo = {", "fuels.hard_coal.factors.nxo", "'nox'"),
        ("emission_factors/municipal.toml", '"household"', '"houshold"', "sector", "'household'"),
        ("emission_factors/municipal.toml", 'pollutant = "nox"', 'pollutant = "no2"', "pollutant", "'no2'"),
        ("emission_factors/power_plants.toml", "nox = {", "no2 = {", "fuels.hard_coal.factors.no2", "'nox'"),
        ("emission_factors/municipal.toml", "low = 0.93", "low = 93", "waste.open_dump_share.low", "less than"),
    ],
)
def test_fault_in_another_file(own: Path, name: str, old: str, new: str, key: str, words: str) -> None:
    file = built_in_copy(own, name, old, new)
    error = fault()
    assert error.source == str(file)
    assert error.field == key
    assert words in str(error)


def test_a_broken_region_hides_no_other(own: Path) -> None:
    (own / "regions" / "broken.toml").write_text("= =", encoding="utf-8")
    (own / "regions" / "Not-An-Id.toml").write_text("", encoding="utf-8")
    ids = load.region_ids()
    assert {"broken", "testland", "jamaica"} <= set(ids)
    assert "Not-An-Id" not in ids
    assert load.region("testland").region.title == "Testland"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.from_regex(r"\A[a-z_]{1,12}\Z"))
def test_unknown_keys_are_always_rejected(region_file: Path, key: str) -> None:
    original = region_file.read_text(encoding="utf-8")
    known = load.region_file.RegionTable.model_fields
    try:
        region_file.write_text(f"{key} = 1\n{original}", encoding="utf-8")
        error = fault()
        assert (error.field == key and "unknown key" in str(error)) or key in known
    finally:
        region_file.write_text(original, encoding="utf-8")
