"""The examples of docs/configuration.md that say who the people are and what the air holds, run in its region."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from data_pipelines.refresh import Outcome, refresh
from hotspots.editions import Store
from hotspots.progress import Silent
from tests import new_region

HALF = new_region.SHAPE[0] * 15 * new_region.RURAL_PEOPLE_PER_CELL
WEST, EAST = new_region.PEOPLE - HALF, HALF


def example(heading: str, language: str) -> str:
    """The first block of ``language`` under a heading of the page."""
    section = new_region.DOCUMENT.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("\n### ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)[0]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    config = new_region.write(tmp_path_factory.mktemp("my-config") / "here")
    regions = config / "regions"
    (regions / "groups.csv").write_text(example("Who the people are", "csv"), encoding="utf-8")
    _write_field(regions / "pm25_2020.tif")
    file = regions / f"{new_region.REGION}.toml"
    parts = (example("Who the people are", "toml"), example("An ambient field", "toml"))
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *parts]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        return refresh(new_region.REGION, Store(tmp_path_factory.mktemp("home")), Silent())


def _write_field(path: Path) -> None:
    """60 µg/m³ in the west of the region, 4 in the east, in half degrees that meet at the districts' border."""
    border, _ = new_region.cell_lonlat(12, 15)
    profile = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=Affine(0.5, 0, border - 0.5, 0, -0.5, 18.5), **profile) as file:
        file.write(np.array([[60.0, 4.0], [60.0, 4.0]], dtype=np.float32), 1)


def test_people_by_group_follow_the_census(outcome: Outcome) -> None:
    assert outcome.edition is not None
    units = outcome.edition.layer("admin").set_index("name")
    # A tenth of Poniente is under 5, 7 % are 65 and older, a quarter is poor; of Oriente 5 %, 15 % and 10 %.
    for column, west, east in (
        ("people_under_5", 0.10, 0.05),
        ("people_65_and_older", 0.07, 0.15),
        ("people_in_poverty", 0.25, 0.10),
    ):
        assert units.loc["Poniente", column] == pytest.approx(west * WEST, rel=1e-3), column
        assert units.loc["Oriente", column] == pytest.approx(east * EAST, rel=2e-2), column
    assert units["people_female"].isna().all()


def test_vulnerability_enters_the_priority(outcome: Outcome) -> None:
    assert outcome.edition is not None
    status = outcome.edition.manifest.status["vulnerability"]
    assert (status.state, status.reason.count("100.0%")) == ("assessed", 3)
    units = outcome.edition.layer("admin").set_index("name")
    # All people live at the share of children and poor of Poniente or less, and its own people at its share of elderly.
    west_only = 10 * WEST / new_region.PEOPLE
    assert units.loc["Poniente", "vulnerability"] == pytest.approx((10 + 10 + west_only) / 3, rel=1e-3)
    layers = {name: outcome.edition.raster(name).to_numpy() for name in ("priority", "burden", "vulnerability")}
    np.testing.assert_allclose(layers["priority"], layers["burden"] * layers["vulnerability"], rtol=1e-2, atol=1e-3)
    assert any("rule product" in sentence for sentence in outcome.edition.manifest.assumptions)


def test_people_above_standards_are_those_of_the_field_alone(outcome: Outcome) -> None:
    edition = outcome.edition
    assert edition is not None
    table = pd.read_csv(edition.path("report/standards.csv"))
    region = table[(table["zone"] == "region") & (table["pollutant"] == "pm25")].set_index("standard")
    # 60 is above everything; 4 in the east is below the guideline of 5, however much the cement works adds.
    assert list(region.index) == ["guideline", *(f"interim_target_{n}" for n in (1, 2, 3, 4))]
    np.testing.assert_allclose(region["people_above"], WEST, rtol=1e-3)
    np.testing.assert_allclose(region["people_assessed"], new_region.PEOPLE)
    assert set(region["ambient_total"]) == {"Satellite PM2.5 2020 (2020)"}
    assert set(table["zone"]) == {"region", "unit", "hotspot"}
    units = edition.layer("admin").set_index("name")
    assert units.loc["Poniente", "people_above_standard"] == pytest.approx(WEST, rel=1e-3)
    assert "Satellite PM2.5 2020 (2020)" in edition.manifest.status["standards"].reason


def test_the_field_itself_is_not_published_where_its_licence_forbids_it(outcome: Outcome) -> None:
    assert outcome.edition is not None
    published = [file.path for file in outcome.edition.manifest.files]
    assert not [path for path in published if "ambient" in path]
    assert "rasters/vulnerability.tif" in published
