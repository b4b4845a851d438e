"""Inventory coverage on `tiny`: 1 000 people, who release 2 (households) and 0.5 kg (traffic) of PM2.5 to air each.

Listed: s1, a power plant, 300 kg of PM2.5 to air and 50 kg to water; s3, a dump, 7 kg to water; s4 0 kg of NOx to air.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.inputs import Inputs
from hotspots.inventory import AMONG_LISTED, coverage_table, inventory_status, ranking_scope
from hotspots.region import InventoryTotal
from hotspots.result import Status
from tests.hotspots.tables import tiny


def with_totals(*totals: tuple[str, str | None, float]) -> Inputs:
    """tiny with reported totals of releases to air: pollutant, sector, kg/yr."""
    inputs = tiny.inputs()
    sectors = dict(inputs.sectors)
    for name, group in (("public_electricity", "power"), ("household", "households"), ("road_traffic", "traffic")):
        sectors[name] = replace(sectors[name], inventory_group=group)
    reported = tuple(InventoryTotal(pollutant, "air", sector, kg, 2020, "test") for pollutant, sector, kg in totals)
    return replace(inputs, sectors=sectors, region=replace(inputs.region, inventory_totals=reported))


def rows(inputs: Inputs, pollutant: str = "pm25", medium: str = "air") -> pd.DataFrame:
    table = coverage_table(inputs)
    return table[(table["pollutant"] == pollutant) & (table["medium"] == medium)].set_index("sector")


def status(inputs: Inputs) -> Status:
    return inventory_status(coverage_table(inputs), inputs.pollutants.values())


def test_listed_and_municipal_releases_by_sector_and_over_all() -> None:
    found = rows(with_totals())
    assert list(found.index) == ["all", "household", "public_electricity", "road_traffic"]
    assert found["listed_t_yr"].to_dict() == {"all": 0.3, "household": 0, "public_electricity": 0.3, "road_traffic": 0}
    np.testing.assert_allclose(found["municipal_t_yr"], [2.5, 2.0, 0.0, 0.5])
    assert found["sources"].to_dict() == {"all": 1, "household": 0, "public_electricity": 1, "road_traffic": 0}
    assert (found.loc["all", "quality"], found.loc["household", "quality"]) == ("C", "")
    # Nothing reported is not a share of 0.
    assert found[["total_t_yr", "share_listed", "share_modelled"]].isna().all(axis=None)


def test_methods_sum_to_what_is_listed() -> None:
    inputs = with_totals()
    methods = ["M", "C", "E", "M"]
    found = rows(replace(inputs, releases=inputs.releases.assign(method=methods)), medium="water").loc["all"]
    parts = found[["listed_measured_t_yr", "listed_calculated_t_yr", "listed_estimated_t_yr"]]
    np.testing.assert_allclose(parts.astype(float), [0.0, 0.050, 0.007])
    assert found["listed_t_yr"] == pytest.approx(0.057)


def test_shares_of_reported_totals() -> None:
    found = rows(
        with_totals(("pm25", None, 5000.0), ("pm25", "public_electricity", 400.0), ("pm25", "household", 800.0))
    )
    assert found.loc["all", "share_listed"] == pytest.approx(0.3 / 5)
    assert found.loc["all", "share_modelled"] == pytest.approx(2.8 / 5)
    assert found.loc["public_electricity", "share_listed"] == pytest.approx(0.75)
    assert found.loc["household", "share_modelled"] == pytest.approx(2.5)  # the factors exceed the report
    assert found.loc["all", "total_year"] == 2020
    assert np.isnan(found.loc["road_traffic", "share_listed"])


def test_sectors_of_which_nothing_is_known_are_named() -> None:
    assert rows(with_totals()).loc["all", "missing"] == "open burning, industry, agriculture"
    nothing = replace(with_totals(), municipal=())
    assert rows(nothing).loc["all", "missing"] == "traffic, households, open burning, industry, agriculture"
    assert rows(with_totals(), "nox").loc["all", "missing"].startswith("traffic")  # 0 kg is no release


def test_sources_abroad_are_not_the_regions() -> None:
    inputs = with_totals()
    abroad = replace(inputs, sources=inputs.sources.assign(transboundary=inputs.sources["source_id"] == "s1"))
    assert rows(abroad).loc["all", "listed_t_yr"] == 0.0


def test_a_reported_sector_of_which_nothing_is_listed_has_a_row() -> None:
    found = rows(with_totals(("pm25", "waste_disposal", 100.0)))
    assert found.loc["waste_disposal", "share_listed"] == 0.0
    assert found.loc["waste_disposal", "total_t_yr"] == 0.1


def test_ranks_are_among_listed_sources_unless_half_of_every_scored_pollutant_is_listed() -> None:
    # Scored: PM2.5, and NO2, which is released as NOx; not PM2.5 to water, of which no total is reported.
    inputs = with_totals()
    inputs = replace(inputs, releases=inputs.releases.assign(release_kg_yr=[300.0, 50.0, 7.0, 60.0]))

    def reported(*totals: tuple[str, str | None, float]) -> Status:
        return status(replace(inputs, region=with_totals(*totals).region))

    assert reported().state == "not_assessed"
    one = reported(("pm25", None, 600.0))
    assert (one.state, "NO2 to air: no reported total" in one.reason) == ("partly", True)
    below = reported(("pm25", None, 600.0), ("nox", None, 121.0))
    assert (below.state, "PM2.5 to air: 50% of 2020" in below.reason) == ("partly", True)
    half = reported(("pm25", None, 600.0), ("nox", None, 120.0))
    assert half.state == "assessed"
    assert [ranking_scope(item) for item in (None, one, below, half)] == [AMONG_LISTED] * 3 + [""]


def test_an_inventory_of_nothing_has_no_rows() -> None:
    empty = replace(with_totals(), releases=tiny.inputs().releases.iloc[:0], municipal=())
    assert coverage_table(empty).empty
    assert status(empty).state == "not_assessed"
