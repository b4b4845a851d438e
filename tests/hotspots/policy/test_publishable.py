from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from hotspots.consent import Applied, Decision, Precision, Reason
from hotspots.errors import PolicyError
from hotspots.policy import Publishable, publishable
from hotspots.policy.masking import masked_coverage
from hotspots.region import DatasetRef
from hotspots.result import Assessment
from tests import miniature


def with_licence(dataset: str, provides: str, redistribution: str) -> Assessment:
    assessment = miniature.assessment()
    datasets = tuple(
        replace(item, provides=provides, redistribution=redistribution) if item.id == dataset else item
        for item in assessment.datasets
    )
    return replace(assessment, datasets=datasets)


def test_open_data_are_published_whole() -> None:
    ready = publishable(miniature.assessment(), miniature.POLICY)
    assert ready.withheld == ()
    assert len(ready.tables["sources"]) == 1
    assert "people" in ready.rasters


def test_the_sources_of_a_closed_inventory_are_withheld_and_what_is_derived_stays() -> None:
    ready = publishable(with_licence("facilities", "facilities", "derived"), miniature.POLICY)
    assert len(ready.tables["sources"]) == 0
    assert len(ready.tables["hotspots"]) == 2
    assert [(item.layer, item.dataset) for item in ready.withheld] == [("sources", "facilities")]
    assert "derived figures only" in ready.withheld[0].reason


def test_closed_sources_are_named_nowhere_and_what_they_cause_stays() -> None:
    """The plant causes 9 of 10 in Eastend and 4 in Westend, where a second closed one adds 1: together 5."""
    closed = with_licence("facilities", "facilities", "derived")
    more = closed.contributions.iloc[[2]].assign(contributor_id="facilities:2", exposure=1.0, share=0.25, rank=2)
    contributions = pd.concat([closed.contributions, more], ignore_index=True)
    matrix = contributions.rename(columns={"hotspot_id": "receptor_id"}).assign(
        receptor_kind="hotspot", pollutant="pm25"
    )
    sources = pd.concat([closed.sources, closed.sources.assign(source_id="facilities:2")], ignore_index=True)
    ready = publishable(
        replace(closed, sources=sources, contributions=contributions, attribution=matrix.drop(columns="rank")),
        miniature.POLICY,
    )
    texts = [ready.contributions.to_csv(), ready.attribution.to_csv(), ready.tables["hotspots"].to_csv()]
    assert not [text for text in texts if "facilities:" in text or "Middle plant" in text]
    for table, receptor in ((ready.contributions, "hotspot_id"), (ready.attribution, "receptor_id")):
        caused = table.set_index([receptor, "contributor_id"])["exposure"]
        assert caused.to_dict() == {
            ("miniature-all-0001", "withheld"): 9.0,
            ("miniature-all-0001", "municipal:E:household"): 1.0,
            ("miniature-all-0002", "withheld"): 5.0,
        }
    assert ready.contributions["rank"].tolist() == [1, 2, 1]
    eastend = ready.tables["hotspots"].iloc[0]
    assert eastend["top_source"] == "Sources that are not named"
    assert [(item["id"], item["share"]) for item in json.loads(eastend["top_sources"])] == [
        ("municipal:E:household", 0.1),
        ("withheld", 0.9),
    ]


def test_open_sources_are_named() -> None:
    ready = publishable(miniature.assessment(), miniature.POLICY)
    assert set(ready.attribution["contributor_id"]) == {"facilities:1", "municipal:E:household"}
    assert ready.tables["hotspots"]["top_source"].tolist() == ["Middle plant", "Middle plant"]


def test_measured_points_of_a_closed_dataset_are_withheld() -> None:
    points = miniature.assessment().sources[["geometry"]].assign(observation_id="a", value=1.0)
    open_data = replace(with_licence("facilities", "observations", "raw"), observations=points)
    assert "observations" in publishable(open_data, miniature.POLICY).tables
    closed = replace(with_licence("facilities", "observations", "derived"), observations=points)
    ready = publishable(closed, miniature.POLICY)
    assert "observations" not in ready.tables
    assert [item.layer for item in ready.withheld] == ["observations"]


@pytest.mark.parametrize(("provides", "layer"), [("population", "people"), ("units", "admin")])
def test_a_layer_that_repeats_a_closed_dataset_is_withheld(provides: str, layer: str) -> None:
    ready = publishable(with_licence("census", provides, "derived"), miniature.POLICY)
    assert layer not in ready.rasters
    assert layer not in ready.tables
    assert layer not in ready.raster_layers
    assert layer not in ready.vector_layers
    assert "priority" in ready.rasters


def test_an_ambient_field_of_a_closed_dataset_is_not_published_as_a_raster() -> None:
    closed = with_licence("census", "ambient", "derived")
    layers = closed.layers.assign(pm25_ambient_ug_m3=closed.layers["pm25_increment_ug_m3"])
    ready = publishable(replace(closed, layers=layers), miniature.POLICY)
    assert "pm25_ambient_ug_m3" not in ready.rasters
    assert "pm25_increment_ug_m3" in ready.rasters


def test_a_dataset_that_allows_nothing_stops_the_publication() -> None:
    with pytest.raises(PolicyError, match="dataset census: redistribution"):
        publishable(with_licence("census", "population", "none"), miniature.POLICY)


def test_there_is_no_other_door() -> None:
    ready = publishable(miniature.assessment(), miniature.POLICY)
    with pytest.raises(PolicyError, match="only publishable"):
        replace(ready, seal=object())
    assert isinstance(ready, Publishable)


def decided(precision: Precision, cell_deg: float | None = None) -> Assessment:
    """The miniature, whose plant stands at 10.045, 20.025, after such a decision on its dataset."""
    decision = Decision("facilities", "JAM", precision, "consent", cell_deg=cell_deg, authority="Ministry")
    found = with_licence("facilities", "facilities", "raw")
    return replace(found, applied=Applied((decision,), positions={"facilities:1": precision.value}))


def test_what_came_past_the_policy_is_not_published() -> None:
    with pytest.raises(PolicyError, match="more precise than withheld"):
        publishable(decided(Precision.WITHHELD), miniature.POLICY)
    with pytest.raises(PolicyError, match="more precise than generalised"):
        publishable(decided(Precision.GENERALISED, 0.1), miniature.POLICY)
    # 10.045, 20.025 is the centre of a cell of 0.01°.
    publishable(decided(Precision.GENERALISED, 0.01), miniature.POLICY)
    named = decided(Precision.GENERALISED, 0.01)
    with pytest.raises(PolicyError, match="more precise than generalised"):
        publishable(replace(named, applied=replace(named.applied, positions={})), miniature.POLICY)
    sensitive = tuple(replace(item, sensitive=True) for item in miniature.DATASETS)
    with pytest.raises(PolicyError, match="sensitive"):
        publishable(replace(miniature.assessment(), datasets=sensitive), miniature.POLICY)


def test_what_a_consent_keeps_back_is_told_with_its_reason() -> None:
    said = Decision("works", "JAM", Precision.WITHHELD, "consent", authority="Army", reason=Reason.SECURITY)
    unread = DatasetRef("works", "Works", "Army", "none", "", None, None, None, "raw", provides="facilities")
    ready = publishable(replace(miniature.assessment(), applied=Applied((said,), withheld=(unread,))), miniature.POLICY)
    (item,) = ready.withheld
    assert (item.layer, item.dataset) == ("sources", "works")
    assert "Army" in item.reason
    assert "art. 12(1)(a)" in item.reason
    # The sources of another dataset stay.
    assert len(ready.tables["sources"]) == 1


@pytest.mark.parametrize(("closed", "hidden"), [(1, True), (2, True), (3, False)])
def test_coverage_tells_no_sum_over_fewer_than_three_closed_sources(closed: int, hidden: bool) -> None:
    """Closed works release 1 t each, an open one 10 t of the same sector; both rows tell the closed sum."""
    sources = pd.DataFrame(
        {
            "source_id": [f"c{n}" for n in range(closed)] + ["open"],
            "sector": "cement",
            "transboundary": False,
        }
    )
    releases = pd.DataFrame(
        {"source_id": sources["source_id"], "pollutant": "pm25", "medium": "air", "release_kg_yr": 1000.0}
    )
    figures = {"listed_t_yr": closed + 10.0, "share_listed": 0.5, "municipal_t_yr": 2.0}
    keys = [{"pollutant": "pm25", "medium": "air", "sector": sector} for sector in ("cement", "all", "waste")]
    table = pd.DataFrame([{**key, **figures} for key in keys])
    found = masked_coverage(table, sources, releases, frozenset(f"c{n}" for n in range(closed)))
    assert found["listed_t_yr"].isna().tolist() == [hidden, hidden, False]
    assert found["municipal_t_yr"].tolist() == [2.0, 2.0, 2.0]
