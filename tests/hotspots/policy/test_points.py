"""Monitors, samples and intakes as far as the policy lets them be published, in the small region."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from hotspots.consent import Consent, Precision, Reason
from hotspots.errors import PolicyError
from hotspots.inputs import Inputs
from hotspots.observations import in_place
from hotspots.policy.permitted import permitted
from hotspots.policy.rules import Rules
from hotspots.region import DatasetRef
from hotspots.schemas import INTAKES, OBSERVATIONS, checked
from tests import small_region

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
STATIONS = [
    # station, pollutant, medium, value, lon, lat: unit W lies west of 10.25°, unit E east of it
    ("Quay", "pm25", "air", 10.0, 10.121, 20.312),
    ("Quay", "nox", "air", 40.0, 10.121, 20.312),
    ("Hill", "pm25", "air", 14.0, 10.131, 20.324),
    ("Mill", "pm25", "air", 18.0, 10.052, 20.262),
    ("Port", "pm25", "air", 50.0, 10.402, 20.232),
    ("Yard", "lead", "soil", 90.0, 10.124, 20.315),
]
UNITS = {"air": "µg/m³", "soil": "mg/kg"}


def inputs() -> Inputs:
    table = pd.DataFrame(STATIONS, columns=["name", "pollutant", "medium", "value", "lon", "lat"])
    observations = gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]).assign(
            observation_id=[
                "net:" + name + ":" + what for name, what in zip(table["name"], table["pollutant"], strict=True)
            ],
            station_id=table["name"],
            unit=table["medium"].map(UNITS),
            period_start=pd.Timestamp("2024-01-01"),
            period_end=pd.Timestamp("2024-12-31"),
            statistic="annual mean",
            coverage=[0.9, 0.9, 0.8, 0.95, 0.9, np.nan],
        ),
        geometry=[Point(xy) for xy in zip(table["lon"], table["lat"], strict=True)],
        crs="OGC:CRS84",
    )
    intakes = gpd.GeoDataFrame(
        {"intake_id": ["i1", "i2"], "name": ["Secret spring", "Old well"], "people_served": [500.0, 90.0]},
        geometry=[Point(10.1234, 20.3123), Point(10.4021, 20.2321)],
        crs="OGC:CRS84",
    )
    found = small_region.inputs()
    net = DatasetRef("net", "Net", "M", "x", "x", None, None, None, "raw", provides="observations")
    wells = replace(net, id="wells", title="Wells", provides="intakes")
    rows = checked(OBSERVATIONS, observations.sort_values("observation_id", ignore_index=True), "test")
    return replace(found, observations=rows, intakes=intakes, datasets=(*found.datasets, net, wells))


def said(dataset: str, precision: Precision, cell_deg: float | None = None, country: str = "JAM") -> Consent:
    return Consent(
        region="small",
        dataset=dataset,
        country=country,
        authority="Ministry",
        purpose="screening",
        precision=precision,
        evidence="letter 1",
        valid_from=date(2026, 1, 1),
        cell_deg=cell_deg,
        reason=None if precision is Precision.OPEN else Reason.SECURITY,
    )


def applied(*consents: Consent, of: Inputs | None = None) -> Inputs:
    return permitted(of or inputs(), Rules(consents, AT, frozenset()))


def observed(found: Inputs) -> gpd.GeoDataFrame:
    assert found.observations is not None
    return checked(OBSERVATIONS, found.observations, "test")


def text(found: Inputs) -> str:
    tables = [
        table.assign(wkt=table.geometry.to_wkt()) for table in (found.observations, found.intakes) if table is not None
    ]
    return "".join(table.drop(columns="geometry").to_csv() for table in tables) + repr(found.applied)


def test_open_points_pass_unchanged() -> None:
    before, after = inputs(), applied()
    assert observed(after).drop(columns="geometry").equals(observed(before).drop(columns="geometry"))
    assert after.applied.positions == {}


def test_generalised_stations_stand_in_the_middle_of_cells_without_names() -> None:
    """Quay and Hill share the cell 10.1-10.2° E, 20.3-20.4° N; numbers go from south to north, then by what is told."""
    after = applied(said("net", Precision.GENERALISED, 0.1))
    table = observed(after)
    assert sorted(zip(table.geometry.x, table.geometry.y, strict=True)) == [
        (10.05, 20.25),
        (10.15, 20.35),
        (10.15, 20.35),
        (10.15, 20.35),
        (10.45, 20.25),
    ]
    assert set(table["name"]) == {"Station 1", "Station 2", "Station 3", "Station 4"}
    assert sorted(table["value"]) == [10.0, 14.0, 18.0, 40.0, 50.0]
    assert table["position_accuracy_m"].between(7_000, 8_000).all()
    assert (table["medium"] != "soil").all(), "a sample of soil is counted by unit, and the unit is not known any more"
    for name in ("Quay", "Hill", "Mill", "Port", "Yard", "10.12", "20.31"):
        assert name not in text(after).split("Secret spring")[0].replace("20.3123", "")
    assert set(after.applied.positions.values()) == {"generalised"}
    judging = in_place(after.observations, after.applied.positions)
    assert judging is not None
    assert judging.empty


def test_finer_cells_keep_samples_of_soil() -> None:
    assert "soil" in set(observed(applied(said("net", Precision.GENERALISED, 0.01)))["medium"])


def test_nothing_tells_where_in_its_cell_a_station_lies_or_what_it_is_called() -> None:
    before = inputs()
    assert before.observations is not None
    consent = said("net", Precision.GENERALISED, 0.1)
    here = before.observations["station_id"] == "Hill"
    other = before.observations.set_geometry(before.observations.geometry.where(~here, Point(10.199, 20.301)))
    other = other.replace({"name": {"Hill": "Alpha"}, "station_id": {"Hill": "Alpha"}})
    other["observation_id"] = other["observation_id"].str.replace("Hill", "Alpha")
    moved = replace(before, observations=other.sort_values("observation_id", ignore_index=True))
    assert text(applied(consent, of=moved)) == text(applied(consent))


def test_means_need_three_stations() -> None:
    """West: (10 + 14 + 18) / 3 = 14 µg/m³ of PM2.5, coverage that of the least; NOx and Port are alone."""
    after = applied(said("net", Precision.AGGREGATED))
    (row,) = observed(after).itertuples()
    assert (row.observation_id, row.pollutant, row.value, row.coverage) == ("net:aggregated-W:pm25", "pm25", 14.0, 0.8)
    assert row.geometry.within(after.units.set_index("unit_id").geometry["W"])
    assert after.applied.positions == {"net:aggregated-W:pm25": "aggregated"}
    assert "net" in after.applied.digests


def test_intakes_are_looked_for_near_their_place_or_not_at_all() -> None:
    after = applied(said("wells", Precision.GENERALISED, 0.01))
    assert after.intakes is not None
    table = checked(INTAKES, after.intakes, "test")
    assert sorted(zip(table["name"], table.geometry.x, table.geometry.y, strict=True)) == [
        ("Intake 1", 10.405, 20.235),
        ("Intake 2", 10.125, 20.315),
    ]
    assert "Secret" not in text(after)
    coarse = applied(said("wells", Precision.GENERALISED, 0.1))
    assert coarse.intakes is not None
    assert coarse.intakes.empty


@pytest.mark.parametrize("precision", [Precision.WITHHELD, Precision.GENERALISED])
def test_in_a_disputed_unit_a_claimant_counts_for_points_too(precision: Precision) -> None:
    """HTI claims W and keeps its stations and intakes back: those in E stay as they are."""
    before = inputs()
    units = before.units.assign(claimants=["JAM, HTI" if name == "W" else "" for name in before.units["unit_id"]])
    cell = 0.1 if precision is Precision.GENERALISED else None
    consents = [said(name, precision, cell, "HTI") for name in ("net", "wells")]
    after = applied(*consents, of=replace(before, units=units))
    assert {"Port"} == set(observed(after)["name"]) - {"Station 1", "Station 2", "Station 3"}
    assert after.intakes is not None
    assert set(after.intakes["name"]) == {"Old well"}
    assert text(applied(*consents)).count("Quay") == text(before).count("Quay"), "undisputed, HTI has no say"


def test_what_is_one_with_the_region_is_refused_where_a_claimant_keeps_it_back() -> None:
    before = inputs()
    units = before.units.assign(claimants=["JAM, HTI" if name == "W" else "" for name in before.units["unit_id"]])
    closed = said("census", Precision.WITHHELD, country="HTI")
    with pytest.raises(PolicyError, match="dataset census: precision: is withheld for HTI"):
        applied(closed, of=replace(before, units=units))
    applied(closed)
