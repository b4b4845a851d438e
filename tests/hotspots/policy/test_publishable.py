from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from hotspots.errors import PolicyError
from hotspots.policy import Publishable, publishable
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
            ("miniature-all-0001", "municipal:E"): 1.0,
            ("miniature-all-0002", "withheld"): 5.0,
        }
    assert ready.contributions["rank"].tolist() == [1, 2, 1]
    eastend = ready.tables["hotspots"].iloc[0]
    assert eastend["top_source"] == "Sources that are not named"
    assert [(item["id"], item["share"]) for item in json.loads(eastend["top_sources"])] == [
        ("municipal:E", 0.1),
        ("withheld", 0.9),
    ]


def test_open_sources_are_named() -> None:
    ready = publishable(miniature.assessment(), miniature.POLICY)
    assert set(ready.attribution["contributor_id"]) == {"facilities:1", "municipal:E"}
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
