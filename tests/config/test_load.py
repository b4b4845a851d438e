"""What the configuration says, against numbers a person can work out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import load
from config.pollutant_file import valid_cas
from config.units import convert
from hotspots.region import Background

BUILT_IN = ("california", "jamaica", "rhine", "vietnam")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSPOTS_CONFIG", raising=False)
    monkeypatch.delenv("HOTSPOTS_DATA", raising=False)


@pytest.mark.usefixtures("plain")
def test_built_in_regions_load() -> None:
    assert load.region_ids() == BUILT_IN
    for region_id in BUILT_IN:
        config = load.region(region_id)
        assert config.region.id == region_id
        assert config.region.transboundary_margin_km == 50
        assert config.method.id == "screening"
        assert all(dataset.ref.id == key for key, dataset in config.datasets.items())


@pytest.mark.usefixtures("plain")
def test_jamaica_has_its_data() -> None:
    datasets = load.region("jamaica").datasets
    assert set(datasets) == {
        "census",
        "settlements",
        "facilities",
        "protected_areas",
        "boundaries",
        "terrain",
        "wind",
    }
    assert all(file.is_file() for dataset in datasets.values() for file in dataset.files().values())


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the checkout")
@pytest.mark.parametrize("region_id", ["vietnam", "california"])
def test_shared_regions_find_their_data(region_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSPOTS_CONFIG", raising=False)
    monkeypatch.setenv("HOTSPOTS_DATA", str(SHARED))
    datasets = load.region(region_id).datasets
    assert all(file.is_file() for dataset in datasets.values() for file in dataset.files().values())


def test_a_region_from_own_files(own: Path) -> None:
    config = load.region("testland")
    assert config.region.backgrounds == (Background("pm25", 12.5, 2020, "Testland yearbook 2020"),)
    assert config.region.languages == ("en",)
    assert config.file == own / "regions" / "testland.toml"
    facilities = config.datasets["facilities"]
    assert facilities.file().read_text(encoding="utf-8") == "name\nMill\n"
    assert facilities.quarantine_limit == 0.1
    assert facilities.ref.redistribution == "derived"


def test_own_files_come_before_the_built_in_ones(own: Path) -> None:
    (own / "policy").mkdir()
    (own / "policy" / "default.toml").write_text(
        'disclaimer = "a\\nb"\nstatement = "s"\nlicence = "CC0-1.0"\npublisher = "Ministry"', encoding="utf-8"
    )
    policy = load.region("testland").policy
    assert (policy.publisher, policy.disclaimer) == ("Ministry", "a b")


def test_fingerprint_follows_what_decides_the_inputs_and_not_the_place(own: Path) -> None:
    before = load.region("testland").fingerprint
    assert load.region("testland").fingerprint == before
    moved = own.rename(own.with_name("elsewhere"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(moved))
        assert load.region("testland").fingerprint == before
        file = moved / "regions" / "testland.toml"
        file.write_text(file.read_text(encoding="utf-8").replace('"people"', '"persons"'), encoding="utf-8")
        assert load.region("testland").fingerprint != before


@pytest.mark.usefixtures("plain")
def test_pollutants() -> None:
    found = load.pollutants()
    assert {key: p.guideline.value for key, p in found.items() if p.guideline} == {"pm25": 5, "pm10": 15, "no2": 10}
    assert {key: p.interim_targets[0].value for key, p in found.items() if p.interim_targets} == {
        "pm25": 35,
        "pm10": 70,
        "no2": 40,
    }
    assert {k: p.vegetation_level.value for k, p in found.items() if p.vegetation_level} == {"nox": 30, "so2": 20}
    assert (found["no2"].emitted_as, found["no2"].concentration_factor) == ("nox", 0.75)
    assert found["so2"].guideline is None
    assert found["pm25"].half_life_s is None
    assert found["no2"].half_life_s == pytest.approx(5.5 * 3600)
    assert "Primary" in (found["pm25"].note or "")


@pytest.mark.usefixtures("plain")
def test_power_plant_release_by_hand() -> None:
    factors = load.power_plant_factors()
    coal = factors.fuel("  COAL ")
    assert coal is not None
    # 1 MW · 0.5 · 8760 h · 3.6 GJ/MWh / 0.25 = 63 072 GJ; · 209 g/GJ / 1000 = 13 182.048 kg
    simple = dataclasses.replace(coal, capacity_factor=0.5, efficiency=0.25)
    assert simple.releases_kg_yr(1.0)["nox"] == pytest.approx(13_182.048)
    assert coal.factors_g_gj["hg"] == pytest.approx(0.0014)
    assert (factors.quality, factors.year) == ("E", 2023)


@pytest.mark.usefixtures("plain")
def test_fuel_names() -> None:
    factors = load.power_plant_factors()
    fuel_ids = {name: fuel.id for name in ("Lignite", "Petcoke", "Rice Husk") if (fuel := factors.fuel(name))}
    assert fuel_ids == {"Lignite": "brown_coal", "Petcoke": "heavy_fuel_oil", "Rice Husk": "biomass"}
    for name in ("Hydro", "Solar", "Wind", "Nuclear", "Storage", "Geothermal", "Wave and Tidal"):
        assert factors.emits_nothing(name)
        assert factors.fuel(name) is None
    for name in ("Waste", "Other", "Cogeneration", ""):
        assert factors.fuel(name) is None
        assert not factors.emits_nothing(name)


@pytest.mark.usefixtures("plain")
def test_municipal_waste_by_hand() -> None:
    found = {(f.pollutant, f.sector): f.kg_per_person_yr for f in load.municipal_factors("upper_middle")}
    # 0.69 kg/day · 365 · 0.30 = 75.555 kg; · 0.12 plastic = 9.0666 kg
    assert found["mismanaged_waste", "waste"] == pytest.approx(75.555)
    assert found["mismanaged_plastic", "waste"] == pytest.approx(9.0666)
    for pollutant in ("pm25", "nox"):
        assert {sector for key, sector in found if key == pollutant} == {"household", "road_traffic"}


@pytest.mark.usefixtures("plain")
def test_municipal_wastewater_by_hand() -> None:
    found = {(f.pollutant, f.medium): f.kg_per_person_yr for f in load.municipal_factors("high")}
    # 60 g/day · 365 / 1000 = 21.9 kg; · 0.95 reaching rivers · (1 - 0.74 · 0.9 removed) = 6.94887 kg
    assert found["bod", "water"] == pytest.approx(6.94887)
    # 11 g: 4.015 kg · 0.95 · (1 - 0.74 · 0.7) ; 1.8 g: 0.657 kg · 0.95 · (1 - 0.74 · 0.8)
    assert found["total_n", "water"] == pytest.approx(1.838469, rel=1e-6)
    assert found["total_p", "water"] == pytest.approx(0.254653, rel=1e-5)


@pytest.mark.usefixtures("plain")
def test_freshwater_levels_are_in_mg_l_and_not_scored_in_air() -> None:
    pollutants = load.pollutants()
    assert pollutants["bod"].freshwater_level.value == 6
    assert pollutants["bod"].freshwater_weight == pytest.approx(1 / 6)
    assert pollutants["bod"].score_weight == 0
    assert pollutants["pm25"].freshwater_weight == 0
    assert pollutants["bod"].freshwater_decay.k20_per_day == 0.35
    assert pollutants["total_n"].freshwater_decay is None


@pytest.mark.usefixtures("plain")
def test_every_source_of_a_number_is_cited_and_every_sector_of_jamaica_exists() -> None:
    sectors = load.sectors()
    assert all(sector.citation for sector in sectors.values())
    named = load.region("jamaica").datasets["facilities"].options["sectors"].values()
    assert set(named) <= set(sectors)
    assert sectors["waste_disposal"].land_weight > 0
    assert sectors["public_electricity"].land_weight == 0


@pytest.mark.parametrize("cas", ["7732-18-5", "10102-44-0", "7446-09-5", "7439-92-1"])
def test_cas_check_digit(cas: str) -> None:
    assert valid_cas(cas)
    assert not valid_cas(cas[:-1] + str((int(cas[-1]) + 1) % 10))


@pytest.mark.parametrize("cas", ["", "7732185", "7732-1-5", "a-18-5", "7732-18-55"])
def test_not_a_cas_number(cas: str) -> None:
    assert not valid_cas(cas)


@given(st.floats(1e-6, 1e6))
def test_units_round_trip(value: float) -> None:
    assert convert(convert(value, "mg/GJ", "g/GJ"), "g/GJ", "mg/GJ") == pytest.approx(value)
