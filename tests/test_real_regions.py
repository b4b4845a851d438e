"""Acceptance: whole countries from the shared data, as their user refreshes them; one refresh a region."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio

from api.editions import Editions
from api.i18n import language_of
from api.settings import Settings
from api.snapshot.page import page
from hotspots.editions import Edition
from hotspots.protection import areas_km2, net_area_km2
from tests.real_regions import NEEDS_SHARED, SHARED, refreshed

GIB = 2**30
SNAPSHOT_BYTES = 1_500_000

pytestmark = NEEDS_SHARED


@pytest.fixture(scope="module")
def vietnam(vietnam_refresh: tuple[Edition, int]) -> Edition:
    return vietnam_refresh[0]


@pytest.fixture(scope="module")
def california(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return refreshed("california", tmp_path_factory.mktemp("california"))[0]


@pytest.fixture(scope="module")
def rhine(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return refreshed("rhine", tmp_path_factory.mktemp("rhine"))[0]


@pytest.fixture(scope="module")
def plants() -> pd.DataFrame:
    file = SHARED / "vietnam" / "power_plants" / "global_power_plant_database.csv"
    return pd.read_csv(file, encoding_errors="replace", low_memory=False)


def raster_sum(path: Path) -> float:
    with rasterio.open(path) as raster:
        return float(raster.read(1, masked=True).astype(np.float64).sum())


def check_people(edition: Edition, raster: Path) -> None:
    totals = edition.manifest.totals
    assert totals.people_in_units + totals.people_outside_units == pytest.approx(raster_sum(raster), abs=1.0)
    assert totals.people == pytest.approx(raster_sum(raster), abs=1.0)
    assert edition.layer("admin")["people"].sum() == pytest.approx(totals.people_in_units, abs=1.0)
    assert totals.people_outside_units >= 0


def check_contributions(edition: Edition) -> None:
    """The contributions of every hotspot and dimension sum to its modelled exposure, their shares to 1."""
    table = pd.read_csv(edition.path("report/contributions.csv"), keep_default_na=False)
    groups = table.groupby(["hotspot_id", "dimension"])
    np.testing.assert_allclose(groups["share"].sum(), 1.0, rtol=1e-9)
    hotspots = edition.layer("hotspots").set_index("hotspot_id")
    for dimension, caused in groups["exposure"].sum().unstack().items():
        modelled = hotspots[f"{dimension}_exposure"]
        np.testing.assert_allclose(caused.reindex(modelled.index).fillna(0.0), modelled.fillna(0.0), rtol=1e-6)
    assert set(table["hotspot_id"]) == set(hotspots.index)


def check_snapshot(edition: Edition) -> None:
    """Light enough to mail in the language with the longest texts."""
    editions = Editions(Settings(edition.folder.parents[2]))
    assert len(page(editions, edition, language_of("ru")).encode()) < SNAPSHOT_BYTES


class TestVietNam:
    def test_the_map_to_email_is_light(self, vietnam: Edition) -> None:
        check_snapshot(vietnam)

    def test_people_are_conserved(self, vietnam: Edition) -> None:
        check_people(vietnam, SHARED / "vietnam" / "population" / "vnm_ppp_2020_1km_Aggregated_UNadj.tif")
        assert len(vietnam.layer("admin")) == 64

    def test_every_plant_without_coordinates_is_in_the_quality_report(
        self, vietnam: Edition, plants: pd.DataFrame
    ) -> None:
        nowhere = plants["latitude"].isna() | plants["longitude"].isna()
        rows = set((np.flatnonzero(nowhere & (plants["country"] == "VNM")) + 1).tolist())
        assert len(rows) == 63
        report = json.loads(vietnam.path("report/quality.json").read_text())
        part = next(part for part in report["datasets"] if part["dataset"] == "power_plants")
        missing = {issue["row"] for issue in part["issues"] if issue["reason"] == "COORDINATE_MISSING"}
        assert rows <= missing
        assert part["rows_in"] == len(plants) == part["rows_used"] + part["rows_quarantined"]

    def test_what_burns_nothing_is_no_source(self, vietnam: Edition, plants: pd.DataFrame) -> None:
        sources = vietnam.layer("sources")
        clean = plants[plants["primary_fuel"].isin(["Hydro", "Solar", "Wind"])]
        assert len(clean) > 100
        assert not set("power_plants:" + clean["gppd_idnr"]) & set(sources["source_id"])
        assert not sources["kind"].str.contains("hydro|solar|wind", case=False).any()

    def test_plants_across_the_border_count_and_are_labelled(self, vietnam: Edition) -> None:
        sources = vietnam.layer("sources")
        abroad = sources[sources["transboundary"].astype(bool)]
        assert len(abroad) > 0
        assert not (abroad["country"] == "VNM").any()
        assert (abroad["air_exposure_removed"] > 0).any()
        assert (sources.loc[sources["country"] == "VNM", "transboundary"] == False).all()  # noqa: E712

    def test_what_is_not_there_is_not_assessed(self, vietnam: Edition) -> None:
        status = vietnam.manifest.status
        for subject in ("protected_areas", "vulnerability", "freshwater", "land", "standards", "monitors"):
            assert status[subject].state == "not_assessed", subject
        assert status["marine"].state == "partly"
        assert "straight to the coast only, no river network" in status["marine"].reason
        assert vietnam.layer("sources")["land_exposure_removed"].isna().all()
        assert vietnam.layer("hotspots")["protected_km2"].isna().all()
        assert any("among listed sources" in sentence for sentence in vietnam.manifest.assumptions)

    def test_the_leading_hotspots_make_sense(self, vietnam: Edition) -> None:
        hotspots = vietnam.layer("hotspots")
        combined = hotspots[hotspots["dimension"] == "all"].sort_values("rank")
        assert set(combined["name"].head(2)) == {"Ho Chi Minh City", "Hanoi"}
        assert {"Haiphong", "Da Nang"} <= set(combined["name"].head(6))
        assert (combined["people"].head(2) > 4e6).all()
        assert combined["top_source"].head(2).str.startswith("Households").all()
        assert combined["source_count"].iloc[0] > 3
        leading = vietnam.layer("sources").sort_values("rank").head(10)
        assert set(leading["kind"]) <= {"coal power plant", "oil power plant", "gas power plant"}

    def test_contributions_sum_to_exposure(self, vietnam: Edition) -> None:
        check_contributions(vietnam)

    def test_peak_memory(self, vietnam_refresh: tuple[Edition, int]) -> None:
        assert vietnam_refresh[1] < 3 * GIB


class TestCalifornia:
    def test_the_map_to_email_is_light(self, california: Edition) -> None:
        check_snapshot(california)

    def test_people_are_conserved_in_every_tract(self, california: Edition) -> None:
        check_people(california, SHARED / "california" / "population" / "population_2020_30arcsec.tif")
        units = california.layer("admin")
        assert len(units) == 8043
        assert units["group"].nunique() == 58

    def test_overlapping_protected_areas_count_once(self, california: Edition) -> None:
        protected = california.layer("protected")
        single = areas_km2(protected.geometry)
        np.testing.assert_allclose(single, protected["area_km2"], rtol=1e-4)
        assert 0 < net_area_km2(protected) <= single.sum() * (1 + 1e-9)
        units = california.layer("admin")
        inside = gpd.overlay(units[["geometry"]], protected.dissolve()[["geometry"]], how="intersection")
        assert units["protected_km2"].sum() == pytest.approx(areas_km2(inside.geometry).sum(), rel=0.01)
        assert protected.loc[protected["name"] == "Grand Canyon NP", "ecological_exposure"].isna().all()

    def test_a_fortnight_of_smoke_is_not_comparable(self, california: Edition) -> None:
        status = california.manifest.status["monitors"]
        assert status.state == "not_assessed"
        assert "not comparable" in status.reason
        assert "134 monitors" in status.reason

    def test_municipal_shares_are_told_by_county(self, california: Edition) -> None:
        counties = set(california.layer("admin")["group"])
        table = pd.read_csv(california.path("report/contributions.csv"), keep_default_na=False)
        municipal = table[table["contributor_kind"] == "municipal"]
        told = municipal["contributor_name"].str.split(", ", n=1).str[1]
        assert len(told) > 0
        assert set(told) <= {*counties, "outside the administrative units"}

    def test_contributions_sum_to_exposure(self, california: Edition) -> None:
        check_contributions(california)


class TestRhine:
    def test_has_freshwater_and_says_what_near_means(self, rhine: Edition) -> None:
        status = rhine.manifest.status
        assert status["freshwater"].state == "partly"
        assert "near, not known to be exposed" in status["freshwater"].reason
        assert {subject for subject, value in status.items() if value.state == "not_assessed"} >= {"land", "marine"}
        mouths = rhine.layer("river_mouths")
        assert mouths["at_sea"].isna().all()
        assert mouths.iloc[0]["upstream_km2"] == pytest.approx(196_000, rel=0.01)
        assert mouths.iloc[0]["plastic_t_yr"] > 0
        assert "river mouth" in status["marine"].reason
        for pollutant in ("bod", "total_n", "total_p"):
            balance = [text for text in rhine.manifest.assumptions if f"of {pollutant} released to rivers" in text]
            assert len(balance) == 1
            assert "the mass balance closes" in balance[0]

    def test_people_are_those_of_the_basins(self, rhine: Edition) -> None:
        totals = rhine.manifest.totals
        assert totals.people == pytest.approx(52.1e6, rel=0.01)
        assert totals.people_outside_units == pytest.approx(0.0, abs=1.0)
        assert rhine.layer("admin")["people"].sum() == pytest.approx(totals.people_in_units, abs=1.0)

    def test_contributions_are_told_by_sub_basin(self, rhine: Edition) -> None:
        check_contributions(rhine)
        table = pd.read_csv(rhine.path("report/contributions.csv"), keep_default_na=False)
        named = set(table.loc[table["dimension"] == "freshwater", "contributor_name"])
        assert {f"Municipal wastewater, {name}" for name in ("Neckar", "Main", "Ruhr and Emscher", "Moselle")} <= named
        hotspots = rhine.layer("hotspots").set_index("hotspot_id")
        caused = table[table["dimension"] == "freshwater"].groupby("hotspot_id")["exposure"].sum()
        np.testing.assert_allclose(caused, hotspots.loc[caused.index, "freshwater_exposure"], rtol=1e-6)

    def test_carries_plausible_concentrations_at_lobith(self, rhine: Edition) -> None:
        def at_lobith(pollutant: str) -> float:
            field = rhine.raster(f"{pollutant}_freshwater_mg_l")
            # The main stem is the least concentrated of the streams around.
            return float(field.sel(x=slice(6.05, 6.17), y=slice(51.88, 51.80)).min())

        assert 0.3 < at_lobith("bod") < 3.0
        assert 0.5 < at_lobith("total_n") < 3.0
        assert 0.05 < at_lobith("total_p") < 0.3
