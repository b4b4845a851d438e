"""What sources and hotspots bear on, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hotspots.attribution import COLUMNS, Attribution
from hotspots.inputs import Inputs
from hotspots.pollutants import Pollutant
from hotspots.receptors import Detail
from hotspots.tables.tags import hotspot_tags, source_tags
from hotspots.tags import Tags
from tests import small_region
from tests.hotspots.tables import tiny

PARTICLES = Tags(sdg_targets=("3.9", "11.6"))
MERCURY = Tags(True, ("minamata",), ("12.4",))
NOX, NO2 = Tags(conventions=("lrtap",)), Tags(sdg_targets=("11.6",))


def inputs() -> Inputs:
    """s1 releases particles and mercury, s2 nothing that is known, s3 (a dump) nothing, s4 stated NOx of 0."""
    before = tiny.inputs()
    pollutants = {
        "pm25": replace(before.pollutants["pm25"], tags=PARTICLES),
        "no2": replace(before.pollutants["no2"], tags=NO2),
        "nox": Pollutant("nox", "NOx", None, ("air",), "nox", 1.0, None, None, None, None, None, tags=NOX),
        "hg": Pollutant("hg", "Mercury", None, ("air",), "hg", 1.0, None, None, None, None, None, tags=MERCURY),
    }
    rows = [("s1", "pm25", 300.0), ("s1", "hg", 0.2), ("s4", "nox", 0.0)]
    releases = pd.DataFrame(rows, columns=["source_id", "pollutant", "release_kg_yr"])
    dump = replace(small_region.SECTORS["waste_disposal"], themes=("waste",), tags=Tags(True, ("basel",), ("12.4",)))
    plant = replace(small_region.SECTORS["public_electricity"], themes=("energy",))
    sectors = {**small_region.SECTORS, "waste_disposal": dump, "public_electricity": plant}
    return replace(before, pollutants=pollutants, releases=releases, sectors=sectors)


def attribution(*rows: tuple[int, str, str, str, str, float]) -> Attribution:
    """Rows: hotspot, contributor, sector, dimension, pollutant, exposure."""
    kinds = ["municipal" if row[1].startswith("municipal") else "source" for row in rows]
    contributions = pd.DataFrame(
        [(h, c, kind, c, s, d, e) for (h, c, s, d, _, e), kind in zip(rows, kinds, strict=True)], columns=COLUMNS
    )
    detail = pd.DataFrame(
        [(h, c, d, p, e) for h, c, _, d, p, e in rows],
        columns=["hotspot", "contributor_id", "dimension", "pollutant", "exposure"],
    )
    return Attribution(contributions, pd.DataFrame(), {}, Detail(detail, detail, detail))


def test_a_source_carries_the_tags_of_all_it_releases_and_of_its_sector() -> None:
    tags = source_tags(inputs())
    assert tags["s1"] == {"chemicals_and_waste", "minamata", "sdg_3.9", "sdg_11.6", "sdg_12.4", "energy"}
    assert tags["s2"] == {"energy"}
    assert tags["s3"] == {"chemicals_and_waste", "basel", "sdg_12.4", "waste"}


def test_a_release_of_nothing_bears_on_nothing_and_what_is_made_from_one_counts() -> None:
    assert source_tags(inputs())["s4"] == {"energy"}
    some = inputs()
    some = replace(some, releases=some.releases.assign(release_kg_yr=1.0))
    assert source_tags(some)["s4"] == {"energy", "lrtap", "sdg_11.6"}  # NO2 is made from NOx


def test_a_hotspot_carries_the_tags_of_what_causes_a_tenth_of_a_dimension() -> None:
    # Hotspot 1: s4 causes 9 of 100, just too little; the particles of s1 and the households the rest.
    # Hotspot 2: only the dump, on land.
    found = attribution(
        (1, "s1", "public_electricity", "air", "pm25", 10.0),
        (1, "municipal:W:household", "household", "air", "pm25", 81.0),
        (1, "s4", "public_electricity", "air", "nox", 9.0),
        (2, "s3", "waste_disposal", "land", "", 5.0),
    )
    one, two, three = hotspot_tags(inputs(), found, np.array([1, 2, 3]), ["air", "land"])
    assert one == "chemicals_and_waste, minamata, sdg_3.9, sdg_11.6, sdg_12.4, energy"
    assert two == "chemicals_and_waste, basel, sdg_12.4, waste"
    assert three == ""


def test_many_small_contributors_of_one_pollutant_count_together() -> None:
    rows = [(1, f"municipal:{n}:household", "household", "air", "pm25", 9.0) for n in range(11)]
    (one,) = hotspot_tags(
        inputs(), attribution(*rows, (1, "s4", "public_electricity", "air", "nox", 1.0)), np.array([1]), ["air"]
    )
    assert one == "sdg_3.9, sdg_11.6"


def test_only_the_dimensions_asked_for_count() -> None:
    rows = attribution(
        (1, "s1", "public_electricity", "air", "pm25", 10.0), (1, "s3", "waste_disposal", "land", "", 5.0)
    )
    assert "basel" in hotspot_tags(inputs(), rows, np.array([1]), ["air", "land"])[0]
    assert "basel" not in hotspot_tags(inputs(), rows, np.array([1]), ["air"])[0]
