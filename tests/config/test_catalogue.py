"""The dataset catalogue, and regions that take a dataset from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import catalogue, load
from data_pipelines.registry import find
from hotspots.errors import ConfigError

ENTRY = """
title = "People {year}, {country}"
publisher = "Office"
contact = "office@example.org"
url = "https://example.org"
licence = "CC-BY-4.0"
redistribution = "raw"
citation = "Office (2020)"
adapter = "population_raster"
format = "geotiff"
frequency = "yearly"
quality = "C"
[parameters.country]
meaning = "a country"
pattern = "[A-Z]{3}"
[parameters.year]
meaning = "a year"
pattern = "20[0-9]{2}"
[parameters.sex]
meaning = "f or m"
pattern = "[fm]"
default = ["f", "m"]
[[files]]
name = "{sex}_{year}"
url = "https://example.org/{country}/{country:lower}_{sex}_{year}.tif?v=2"
[options]
band = 1
"""
REGION = """
title = "Here"
countries = ["JAM"]
income_group = "high"
unit_label = "parish"
[datasets.population]
from = "people"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("datasets", "regions"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(tmp_path))
    (tmp_path / "datasets" / "people.toml").write_text(ENTRY, encoding="utf-8")
    return tmp_path


def region(folder: Path, more: str) -> object:
    (folder / "regions" / "here.toml").write_text(REGION + more, encoding="utf-8")
    return load.region("here").datasets["population"]


@pytest.mark.parametrize("dataset_id", catalogue.dataset_ids())
def test_every_built_in_dataset_names_an_adapter_and_options_that_it_takes(dataset_id: str) -> None:
    dataset = catalogue.catalogued(dataset_id)
    spec = find(dataset.entry.adapter).spec
    assert set(dataset.entry.options) <= set(spec.options.model_fields)
    for file in dataset.entry.files:
        assert file.url.startswith("https://"), "an unprotected address could be answered by anybody"
    comments = dataset.file.read_text(encoding="utf-8").split("\n", 1)[0]
    assert comments.startswith("# "), "says where its layout was learned"


def test_the_address_of_viet_nams_people_is_that_of_the_file_as_published() -> None:
    (file,) = catalogue.catalogued("worldpop_population").remote_files({"country": "VNM", "year": 2020}, Path("r"), "p")
    assert file.url.startswith("https://data.worldpop.org/")
    assert file.saved_as == "vnm_ppp_2020_1km_Aggregated_UNadj.tif"  # as received with the shared data


def test_a_region_takes_all_but_its_parameters_from_the_catalogue(folder: Path) -> None:
    dataset = region(folder, 'parameters = { country = "JAM", year = 2020 }\n')
    assert dataset.ref.title == "People 2020, JAM"
    assert (dataset.ref.publisher, dataset.ref.year, dataset.ref.redistribution) == ("Office", 2020, "raw")
    assert (dataset.adapter, dict(dataset.options), dict(dataset.paths)) == ("population_raster", {"band": 1}, {})
    # 2 sexes x 1 year = 2 files; what follows the question mark is no part of the name
    assert {name: file.saved_as for name, file in dataset.remote.items()} == {
        "f_2020": "jam_f_2020.tif",
        "m_2020": "jam_m_2020.tif",
    }
    assert dataset.remote["f_2020"].url == "https://example.org/JAM/jam_f_2020.tif?v=2"


def test_what_the_region_says_itself_comes_first(folder: Path) -> None:
    dataset = region(
        folder, 'parameters = { country = "JAM", year = 2020 }\ntitle = "Ours"\nyear = 2021\noptions = { band = 2 }\n'
    )
    assert (dataset.ref.title, dataset.ref.year, dict(dataset.options)) == ("Ours", 2021, {"band": 2})


def test_a_local_file_is_not_downloaded_but_keeps_licence_and_citation(folder: Path) -> None:
    dataset = region(folder, 'path = "people.tif"\nyear = 2021\n')
    assert dataset.ref.title == "People 2021, [country]"
    dataset = region(folder, 'path = "people.tif"\n')
    assert (dict(dataset.remote), dict(dataset.paths)) == ({}, {"file": "people.tif"})
    assert (dataset.ref.licence, dataset.ref.title) == ("CC-BY-4.0", "People [year], [country]")


def test_a_file_that_is_not_downloaded_says_so(folder: Path) -> None:
    dataset = region(folder, 'parameters = { country = "JAM", year = 2020 }\n')
    with pytest.raises(ConfigError, match=r"jam_f_2020\.tif has not been downloaded yet.*hotspots refresh here"):
        dataset.file("f_2020")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('parameters = { country = "JAM" }', r"datasets\.population\.parameters\.year: the parameter is missing"),
        ('parameters = { country = "jam", year = 2020 }', r"parameters\.country: 'jam' does not fit"),
        ('parameters = { country = "../x", year = 2020 }', r"parameters\.country: '../x' does not fit"),
        ('parameters = { country = "JAM/../x", year = 2020 }', r"parameters\.country: 'JAM/\.\./x' does not fit"),
        ('parameters = { countri = "JAM", year = 2020 }', r"Did you mean 'country'"),
        ('parameters = { country = ["JAM", "HTI"], year = 2020 }', r"several values of country and sex would be one"),
        ('parameters = { country = "JAM", year = true }', r"parameters\.year: True does not fit"),
        ('parameters = { country = "JAM", year = [] }', r"the list is empty"),
        ('parameters = "JAM"', r"datasets\.population\.parameters"),
    ],
)
def test_parameters_that_do_not_fit_are_named(folder: Path, more: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        region(folder, more + "\n")


def test_an_unknown_dataset_names_the_likely_one(folder: Path) -> None:
    (folder / "regions" / "here.toml").write_text(REGION.replace('"people"', '"peple"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"here\.toml: datasets\.population\.from: .*Did you mean 'people'"):
        load.region("here")


def test_a_dataset_that_a_person_must_fetch_says_how(folder: Path) -> None:
    text = ENTRY[: ENTRY.index("[[files]]")].replace("[parameters.country]", 'obtain = "Ask."\n[parameters.country]', 1)
    text = text.replace('"People {year}, {country}"', '"People"')
    (folder / "datasets" / "people.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"people cannot be downloaded by itself\. Remedy: Ask\. Then name"):
        region(folder, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{country:lower}_", "{contry:lower}_", r"\{contry\} in .* is none of its parameters"),
        ('"https://example.org/{country}', '"ftp://example.org/{country}', r"files\[0\]\.url"),
        ("[options]", '[[files]]\nurl = "https://e.org/a.zip"\narchive = "zip"\n[options]', "names the file in a zip"),
        ('licence = "CC-BY-4.0"', 'licens = "CC-BY-4.0"', "Did you mean 'licence'"),
    ],
)
def test_a_faulty_file_of_the_catalogue_is_named(folder: Path, old: str, new: str, message: str) -> None:
    (folder / "datasets" / "people.toml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as raised:
        catalogue.catalogued("people")
    assert "people.toml" in str(raised.value)


def test_the_fingerprint_changes_with_the_address_but_not_with_the_folder(folder: Path) -> None:
    region(folder, 'parameters = { country = "JAM", year = 2020 }\n')
    first = load.region("here").fingerprint
    region(folder, 'parameters = { country = "JAM", year = 2019 }\nyear = 2020\ntitle = "People 2020, JAM"\n')
    assert load.region("here").fingerprint != first
