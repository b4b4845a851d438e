from __future__ import annotations

from dataclasses import replace

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
