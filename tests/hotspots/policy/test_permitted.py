"""What is let in: at the small region, whose plants and cells a person can check."""

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
from hotspots.input_profile import DatasetProfile, Level
from hotspots.inputs import Inputs
from hotspots.policy.cells import half_diagonal_m, snapped
from hotspots.policy.permitted import MIN_SOURCES, permitted
from hotspots.policy.rules import Rules
from hotspots.quality import AppliedOverride, DatasetQuality, Issue, QualityReport
from hotspots.region import Override
from tests import small_region

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)


PROFILE = DatasetProfile("facilities", 9, {"so2 to air (kg/yr)": Level(9, 90.0, 10.0, 1.0, 20.0)}, "2020", "digest")


def consent(precision: Precision, cell_deg: float | None = None, country: str = "JAM") -> Consent:
    return Consent(
        "small",
        "facilities",
        country,
        "Ministry",
        "screening",
        precision,
        "letter 1",
        date(2026, 1, 1),
        cell_deg=cell_deg,
        reason=Reason.SECURITY,
    )


def inputs() -> Inputs:
    found = small_region.inputs()
    datasets = tuple(
        replace(item, provides="facilities") if item.id == "facilities" else item for item in found.datasets
    )
    issue = Issue("facilities", "secret plants.csv", 3, "ZERO_COORDINATE", "flagged", "Secret plant")
    quality = QualityReport((DatasetQuality("facilities", "secret plants.csv", 9, 9, 0, (issue,)),))
    correction = Override("facilities:secret", "name", "Secret plant", "", "", "A. Officer", "Letter", date(2026, 1, 1))
    told = {"profiles": (PROFILE,), "overrides": (AppliedOverride(correction, found=True, before="Secret plant"),)}
    return replace(found, datasets=datasets, quality=replace(quality, **told))


def applied(*consents: Consent, of: Inputs | None = None) -> Inputs:
    return permitted(of or inputs(), Rules(consents, AT, frozenset()))


def moved(found: Inputs, source: str, lon: float, lat: float) -> Inputs:
    here = found.sources["source_id"] == source
    shapes = found.sources.geometry.where(~here, Point(lon, lat))
    return replace(found, sources=found.sources.set_geometry(shapes))


def text(table: pd.DataFrame) -> str:
    return pd.DataFrame(
        table.assign(wkt=table.geometry.to_wkt()) if isinstance(table, gpd.GeoDataFrame) else table
    ).to_csv()


def test_cells_have_their_centres_where_a_person_expects_them() -> None:
    """10.14° lies between 10.1 and 10.2, -76.83° between -76.9 and -76.8."""
    assert snapped([10.14, -76.83, 0.0], [0.1, 0.1, 0.1]).tolist() == [10.15, -76.85, 0.05]
    assert snapped([10.1449, 10.14], [0.001, 0.01]).tolist() == [10.1445, 10.145]


def test_the_accuracy_is_half_the_diagonal_of_the_cell() -> None:
    """At the equator 0.1° are 11.1 km both ways: half the diagonal is 11.1 / √2 = 7.9 km."""
    found = half_diagonal_m(np.array([10.05]), np.array([0.05]), np.array([0.1]))
    assert found[0] == pytest.approx(7_860, rel=0.01)


def test_open_sources_pass_unchanged() -> None:
    before, after = inputs(), applied(consent(Precision.OPEN))
    assert text(after.sources) == text(before.sources.sort_values("source_id", ignore_index=True))
    assert after.applied.digests == {}
    assert after.quality == before.quality


def test_withheld_sources_leave_nothing_behind_and_others_abroad_stay() -> None:
    before, after = inputs(), applied(consent(Precision.WITHHELD))
    abroad = before.sources.loc[before.sources["country"] != "JAM", "source_id"]
    assert set(after.sources["source_id"]) == set(abroad)
    assert set(after.releases["source_id"]) <= set(abroad)
    assert (after.quality.datasets, after.quality.profiles, after.quality.overrides) == ((), (), ())
    assert set(after.applied.digests) == {"facilities"}


def test_generalised_sources_stand_in_the_middle_of_cells_without_names() -> None:
    before, after = inputs(), applied(consent(Precision.GENERALISED, 0.1))
    own = after.sources[after.sources["source_id"].isin(after.applied.positions)]
    assert len(own) == (before.sources["country"] == "JAM").sum()
    assert (snapped(own.geometry.x, 0.1) == own.geometry.x).all()
    assert (snapped(own.geometry.y, 0.1) == own.geometry.y).all()
    assert (own["position_accuracy_m"] > 7_000).all()
    hidden = before.sources[before.sources["country"] == "JAM"]
    everything = text(after.sources) + text(after.releases) + repr(after.quality) + repr(after.applied)
    for name in [*hidden["name"], *(f",{item}," for item in hidden["source_id"]), "secret", "Secret"]:
        assert name not in everything
    # Air is kept to the kilogram; the dump has no neighbours that could be told.
    assert after.releases["release_kg_yr"].sum() == pytest.approx(before.releases["release_kg_yr"].sum())
    assert (own["land_weight"] == 0).all()


def test_nothing_tells_where_in_its_cell_a_source_lies_or_what_it_is_called() -> None:
    """The first plant anywhere in its cell, under any name: the same inputs to the byte."""
    before = inputs()
    first = before.sources[before.sources["country"] == "JAM"].iloc[0]
    corner = [float(np.floor(value / 0.1) * 0.1) for value in (first.geometry.x, first.geometry.y)]
    said = consent(Precision.GENERALISED, 0.1)
    expected = applied(said, of=before)
    for east, north, name in ((0.011, 0.012, "X"), (0.089, 0.088, "Zebra works")):
        other = moved(before, first["source_id"], corner[0] + east, corner[1] + north)
        other = replace(other, sources=other.sources.replace({"name": {first["name"]: name}}))
        found = applied(said, of=other)
        assert text(found.sources) == text(expected.sources)
        assert text(found.releases) == text(expected.releases)
        assert found.applied == expected.applied
    outside = applied(said, of=moved(before, first["source_id"], corner[0] + 0.15, corner[1] + 0.05))
    assert text(outside.sources) != text(expected.sources)


def test_aggregates_have_the_sum_of_their_sources_and_need_three() -> None:
    before = inputs()
    template, release = before.sources.iloc[[0]], before.releases.iloc[[0]]
    ids = [f"facilities:{n}" for n in range(5)]
    west, east = (10.05, 20.3), (10.40, 20.3)
    at = [Point(west), Point(west[0] + 0.02, west[1]), Point(west[0] + 0.03, west[1]), Point(east), Point(east)]
    sources = pd.concat([template.assign(source_id=name, name=f"Plant {name}", country="JAM") for name in ids])
    sources = gpd.GeoDataFrame(sources.reset_index(drop=True), geometry=at, crs=template.crs)
    releases = pd.concat([release.assign(source_id=name, release_kg_yr=float(n + 1)) for n, name in enumerate(ids)])
    five = replace(before, sources=sources, releases=releases.reset_index(drop=True))
    after = applied(consent(Precision.AGGREGATED), of=five)
    assert after.releases[["source_id", "release_kg_yr"]].values.tolist() == [
        ["facilities:aggregated-W-public_electricity", 1.0 + 2.0 + 3.0]
    ]
    (row,) = after.sources.itertuples()
    west_unit = five.units.set_index("unit_id").geometry["W"]
    assert row.geometry.within(west_unit)
    assert after.applied.positions == {row.source_id: "aggregated"}
    assert MIN_SOURCES == 3
    assert "Plant" not in text(after.sources)


def test_in_a_disputed_unit_the_strictest_claimant_counts() -> None:
    """Unit W is claimed by JAM and HTI; JAM leaves its sources open, HTI withholds: those of W go, those of E stay."""
    before = inputs()
    units = before.units.assign(
        status=["disputed" if name == "W" else "" for name in before.units["unit_id"]],
        claimants=["JAM, HTI" if name == "W" else "" for name in before.units["unit_id"]],
    )
    west = before.units.set_index("unit_id").geometry["W"]
    own = before.sources[before.sources["country"] == "JAM"]
    inside = set(own.loc[own.geometry.intersects(west), "source_id"])
    assert inside
    assert inside != set(own["source_id"])
    said = [consent(Precision.OPEN), consent(Precision.WITHHELD, country="HTI")]
    after = applied(*said, of=replace(before, units=units))
    assert set(after.sources["source_id"]) == set(own["source_id"]) - inside
    # Undisputed, each country decides of its own.
    assert set(applied(*said).sources["source_id"]) == set(own["source_id"])


def test_what_is_one_with_the_region_is_open_or_withheld() -> None:
    said = replace(consent(Precision.AGGREGATED), dataset="census")
    with pytest.raises(PolicyError, match="open or withheld as a whole"):
        applied(said)
