"""A population raster in metres: the whole job on a projected grid."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from config.paths import built_in
from data_pipelines.refresh import refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent

CELL_M = 2_000.0
TRANSFORM = Affine(CELL_M, 0, 130_000.0, 0, -CELL_M, 2_060_000.0)  # UTM zone 18N around Jamaica
SHAPE = (56, 130)
POPULATION = """
[datasets.census]
adapter = "population_raster"
path = "people_utm.tif"
title = "People, 2 km"
publisher = "Test"
licence = "CC0-1.0"
citation = "Made for a test"
year = 2020
redistribution = "raw"
"""


def people() -> np.ndarray:
    """20 in every cell, a city of 40 000 a cell where Kingston is."""
    values = np.full(SHAPE, 20.0, dtype=np.float32)
    values[30:33, 85:88] = 40_000.0
    return values


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("projected")
    shutil.copytree(built_in() / "data", folder / "data")
    (folder / "regions").mkdir()
    jamaica = (built_in() / "regions" / "jamaica.toml").read_text()
    without_census = re.sub(
        r"\[datasets\.census\].*?(?=\[datasets\.facilities\])", POPULATION, jamaica, flags=re.DOTALL
    )
    without_census = re.sub(r"\[\[published_totals\]\].*?\n\n", "", without_census, flags=re.DOTALL)
    (folder / "regions" / "jamaica_utm.toml").write_text(without_census)
    profile = {"driver": "GTiff", "height": SHAPE[0], "width": SHAPE[1], "count": 1, "dtype": "float32"}
    raster = folder / "regions" / "people_utm.tif"
    with rasterio.open(raster, "w", crs="EPSG:32618", transform=TRANSFORM, nodata=-1, **profile) as file:
        file.write(people(), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(folder))
        outcome = refresh("jamaica_utm", Store(folder / "home"), Silent())
    assert outcome.edition is not None
    return outcome.edition


def test_people_are_never_resampled(edition: Edition) -> None:
    raster = edition.raster("people")
    assert float(np.nansum(raster)) == pytest.approx(float(people().sum()), rel=1e-6)
    totals = edition.manifest.totals
    assert totals.people_in_units + totals.people_outside_units == pytest.approx(float(people().sum()), rel=1e-9)
    assert totals.people_outside_units > 0  # the sea


def test_hotspots_lie_where_the_people_are(edition: Edition) -> None:
    hotspots = edition.layer("hotspots")
    first = hotspots[hotspots["dimension"] == "all"].sort_values("rank").iloc[0]
    assert first["people"] >= 9 * 40_000
    west, south, east, north = first.geometry.bounds
    assert -77.1 < west < east < -76.5
    assert 17.8 < south < north < 18.2
    assert first["area_km2"] == pytest.approx(round(first["area_km2"] / 4) * 4, rel=0.01)  # whole cells of 4 km²


def test_contributions_sum_to_exposure(edition: Edition) -> None:
    table = pd.read_csv(edition.path("report/contributions.csv"), keep_default_na=False)
    caused = table.groupby(["hotspot_id", "dimension"])["exposure"].sum()
    hotspots = edition.layer("hotspots").set_index("hotspot_id")
    for dimension in ("air", "land"):
        expected = hotspots[f"{dimension}_exposure"]
        found = caused.xs(dimension, level="dimension").reindex(expected.index).fillna(0.0)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
