"""River mouths with plastic, beside what people throw away."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from config import load
from data_pipelines.contract import Facilities
from data_pipelines.gridded import settled
from hotspots.errors import ConfigError, InputError
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import reasons
from tests.data_pipelines.sources.river_plastic import MOUTHS, mouths

DECLARED = {"replaces": ["waste"]}


def read(folder: Path, *points: tuple[float, float, float]) -> Facilities:
    value: Facilities = miniature.read("river_plastic", mouths(folder, points or MOUTHS), DECLARED).value
    return value


def test_mouths_release_their_tonnes_to_the_sea(tmp_path: Path) -> None:
    found = miniature.read("river_plastic", mouths(tmp_path), DECLARED)
    released = found.value.releases.set_index("source_id")
    assert released["release_kg_yr"].to_dict() == {"mini:10.02000,20.03000": 12_500.0, "mini:10.07000,20.01000": 250.0}
    assert set(released["medium"]) == {"sea"}
    assert set(released["pollutant"]) == {load.method("screening").marine.pollutant}
    assert found.value.sources["name"].tolist() == [
        "River mouth 20.030° N, 10.020° E",
        "River mouth 20.010° N, 10.070° E",
    ]
    assert reasons(found.quality[0]) == {3: ["OUTSIDE_REGION"]}


def test_they_stand_in_place_of_plastic_on_land_and_of_nothing_else(tmp_path: Path) -> None:
    found = read(tmp_path)
    municipal = load.municipal_factors("upper_middle")
    dump = pd.DataFrame(
        [("d", "mismanaged_plastic", "land", 5.0), ("d", "bod", "water", 5.0)],
        columns=["source_id", "pollutant", "medium", "release_kg_yr"],
    )
    together = Facilities(found.sources, pd.concat([found.releases, dump], ignore_index=True), {}, found.in_place_of)
    left = settled([], together, municipal, load.sectors(), Path("region.toml"))
    gone = [item for item in municipal if item not in left.municipal]
    assert [(item.pollutant, item.medium) for item in gone] == [("mismanaged_plastic", "land")]
    assert set(zip(left.releases["pollutant"], left.releases["medium"], strict=True)) == {
        ("mismanaged_plastic", "sea"),
        ("bod", "water"),
    }


def test_the_region_must_say_that_they_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'would count twice.*add "waste" to replaces'):
        miniature.read("river_plastic", mouths(tmp_path))


def test_mouths_at_one_place_are_told_apart_whatever_their_order(tmp_path: Path) -> None:
    one, other = (10.02, 20.03, 1.0), (10.02, 20.03, 2.0)
    expected = {"mini:10.02000,20.03000": 1_000.0, "mini:10.02000,20.03000-2": 2_000.0}
    for points in ((one, other), (other, one)):
        found = read(tmp_path, *points).releases.set_index("source_id")["release_kg_yr"]
        assert found.to_dict() == expected


def test_a_renamed_attribute_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dots_exten"):
        miniature.read("river_plastic", mouths(tmp_path, column="dots_ext"), DECLARED)


def test_another_unit_is_told_by_the_sum(tmp_path: Path) -> None:
    # Kilograms in place of tonnes: 812 750 t of three mouths would be possible, 1 100 000 t are more than all bring.
    with pytest.raises(InputError, match=r"3 mouths bring 1,100,000 t a year; all 31,819 of the publication"):
        read(tmp_path, (10.02, 20.03, 1e6), (10.07, 20.01, 5e4), (50.0, 20.0, 5e4))


def test_the_whole_file_sums_up_to_what_was_published(tmp_path: Path) -> None:
    each = 1_005_984.0 / 31_819
    # On a line of the equator; nothing of it lies in the region.
    whole = tuple((0.01 + number * 0.005, 1.0, each) for number in range(31_819))
    assert read(tmp_path, *whole).releases.empty
    with pytest.raises(InputError, match="31819 mouths bring 1,006 t a year"):
        read(tmp_path, *((lon, lat, tonnes / 1000) for lon, lat, tonnes in whole))


def test_a_mouth_that_is_dropped_is_missed(tmp_path: Path) -> None:
    assert len(read(tmp_path, *MOUTHS[1:]).releases) == 1
