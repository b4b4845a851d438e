"""What must hold for any region: scale, order, place on the globe, projection and tiny islands do not matter."""

from __future__ import annotations

from dataclasses import replace

import antimeridian
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from pyproj import CRS
from shapely.affinity import translate
from shapely.geometry import Point, box

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import miniature, small_region


def run(inputs: Inputs, method: Method = small_region.METHOD) -> Assessment:
    with threads(2) as executor:
        return assess(inputs, method, None, executor, Silent())


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    return run(small_region.inputs())


def same_numbers(one: pd.DataFrame, other: pd.DataFrame, rtol: float, leaving_out: tuple[str, ...] = ()) -> None:
    assert list(one.columns) == list(other.columns)
    kept = one.columns.difference(["geometry", "top_sources", *leaving_out], sort=False)
    pd.testing.assert_frame_equal(pd.DataFrame(one)[kept], pd.DataFrame(other)[kept], rtol=rtol, atol=1e-9)


def test_a_uniform_region_has_no_cluster_and_no_top_decile() -> None:
    original = small_region.inputs()
    people = np.where(np.isnan(original.people), np.nan, 100.0)
    # One site in the middle whose proximity is cut to the same value everywhere: the pressure is uniform.
    lone = original.sources[original.sources["source_id"] == "d1"]
    middle = Point(float(np.mean([10.0, 10.5])), 20.3)
    flat = replace(small_region.METHOD, land=replace(small_region.METHOD.land, radius_m=1.0))
    uniform = run(
        replace(
            original,
            people=people,
            sources=lone.set_geometry([middle]),
            releases=original.releases.iloc[:0],
            municipal=(),
        ),
        flat,
    )
    assert float(uniform.layers["land_pressure"].max()) == 0
    assert uniform.hotspots.empty
    assert (uniform.layers["land_gi_z"].to_numpy()[~np.isnan(uniform.layers["land_gi_z"])] == 0).all()
    assert len(uniform.contributions) == 0
    assert list(uniform.units["hotspot_count"]) == [0, 0]


@pytest.mark.parametrize("factor", [2.0, 7.3])
def test_scaled_releases_scale_exposures_and_leave_scores_and_ranks(assessed: Assessment, factor: float) -> None:
    original = small_region.inputs()
    scaled = run(
        replace(
            original,
            releases=original.releases.assign(release_kg_yr=original.releases["release_kg_yr"] * factor),
            municipal=tuple(
                replace(item, kg_per_person_yr=item.kg_per_person_yr * factor) for item in original.municipal
            ),
        )
    )
    floor = small_region.METHOD.scoring.de_minimis_share
    above = assessed.layers["air_pressure"] >= floor
    assert float(above.sum()) > 0.9 * float(assessed.layers["people"].notnull().sum())
    for name in ("air_pressure", "air_exposure", "pm25_increment_ug_m3"):
        np.testing.assert_allclose(scaled.layers[name], assessed.layers[name] * factor, rtol=1e-9)
    # Percentiles take values that agree in 16 binary digits for equal. A factor that is no power of two moves what
    # falls together, so that a cell's people may change sides.
    exact = factor == 2.0
    people = assessed.layers["people"]
    one_cell = 100 * float(people.max() / people.sum())
    np.testing.assert_allclose(
        scaled.layers["priority"], assessed.layers["priority"], rtol=1e-9, atol=0 if exact else one_cell
    )
    unchanged = ["hotspot_id", "name", "rank", "people", "priority", "land_exposure", "max_gi_z", "top_source"]
    same_numbers(scaled.hotspots[unchanged], assessed.hotspots[unchanged], rtol=1e-6 if exact else 1e-3)
    np.testing.assert_allclose(scaled.hotspots["air_exposure"], assessed.hotspots["air_exposure"] * factor, rtol=1e-9)
    assert list(scaled.sources["rank"]) == list(assessed.sources["rank"])
    assert list(scaled.units["rank"]) == list(assessed.units["rank"])


def test_a_source_split_in_two_at_its_place_changes_nothing_but_its_rows(assessed: Assessment) -> None:
    original = small_region.inputs()
    half = original.releases.assign(
        release_kg_yr=original.releases["release_kg_yr"].where(
            original.releases["source_id"] != "p1", original.releases["release_kg_yr"] / 2
        )
    )
    twin = original.sources[original.sources["source_id"] == "p1"].assign(source_id="p1b")
    split = run(
        replace(
            original,
            sources=pd.concat([original.sources, twin], ignore_index=True),
            releases=pd.concat([half, half[half["source_id"] == "p1"].assign(source_id="p1b")], ignore_index=True),
        ),
        replace(small_region.METHOD, hotspots=replace(small_region.METHOD.hotspots, top_sources=50)),
    )
    whole = run(original, replace(small_region.METHOD, hotspots=replace(small_region.METHOD.hotspots, top_sources=50)))
    for name in assessed.layers:
        np.testing.assert_allclose(split.layers[name], assessed.layers[name], rtol=1e-9, atol=1e-9)

    def shares(of: Assessment) -> pd.Series:
        table = of.contributions.assign(contributor_id=of.contributions["contributor_id"].replace("p1b", "p1"))
        return table.groupby(["hotspot_id", "dimension", "contributor_id"])["share"].sum()

    pd.testing.assert_series_equal(shares(split), shares(whole), rtol=1e-9)
    removed = split.sources.set_index("source_id")["air_exposure_removed"]
    before = whole.sources.set_index("source_id")["air_exposure_removed"]
    assert removed["p1"] + removed["p1b"] == pytest.approx(before["p1"], rel=1e-9)
    by_id = whole.hotspots.set_index("hotspot_id")
    after = split.hotspots.set_index("hotspot_id")["source_count"]
    expected = by_id["source_count"] + (by_id["dimension"] != "land")
    pd.testing.assert_series_equal(after, expected, check_names=False)


def moved(inputs: Inputs, degrees: float) -> Inputs:
    """The region turned around the Earth's axis; longitudes as files give them, polygons cut at the antimeridian."""

    def points(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        lon = (table.geometry.x + degrees + 180) % 360 - 180
        return table.set_geometry(gpd.points_from_xy(lon, table.geometry.y), crs="OGC:CRS84")

    def areas(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        turned = [translate(shape, degrees) for shape in table.geometry]
        cut = [
            antimeridian.fix_polygon(shape, great_circle=False) if shape.bounds[2] > 180 else shape for shape in turned
        ]
        return table.set_geometry(cut, crs="OGC:CRS84")

    assert inputs.places is not None
    return replace(
        inputs,
        grid=replace(inputs.grid, west=inputs.grid.west + degrees),
        units=areas(inputs.units),
        sources=points(inputs.sources),
        places=points(inputs.places),
        protected=None if inputs.protected is None else areas(inputs.protected),
    )


def with_protected(inputs: Inputs) -> Inputs:
    areas = gpd.GeoDataFrame(
        {
            "protected_id": ["a", "b", "c"],
            "name": ["Park", "Reserve", "Abroad"],
            "designation": "Park",
            "iucn_category": "II",
            "marine": False,
            "reported_area_km2": np.nan,
            "from_point": False,
        },
        geometry=[
            box(10.103, 20.303, 10.303, 20.403),
            box(10.203, 20.203, 10.403, 20.353),
            box(9.93, 20.2, 9.98, 20.3),
        ],
        crs="OGC:CRS84",
    )
    # A critical level, so that there is an ecological exposure.
    pm25 = replace(inputs.pollutants["pm25"], vegetation_level=miniature.level(20))
    return replace(inputs, protected=areas, pollutants={**inputs.pollutants, "pm25": pm25})


def test_a_region_across_the_antimeridian_has_the_numbers_of_one_at_greenwich() -> None:
    inputs = with_protected(small_region.inputs())
    at_greenwich, in_the_pacific = run(moved(inputs, -10.25)), run(moved(inputs, 169.75))
    west, _, east, _ = in_the_pacific.grid.bounds
    assert west < 180 < east
    for name in at_greenwich.layers:
        np.testing.assert_allclose(in_the_pacific.layers[name], at_greenwich.layers[name], rtol=1e-6, atol=1e-8)
    assert len(at_greenwich.hotspots) > 0
    for table in ("hotspots", "sources", "units", "protected"):
        # Names and the identifiers of hotspots follow where they lie.
        elsewhere = ("name", "hotspot_id")
        same_numbers(getattr(in_the_pacific, table), getattr(at_greenwich, table), 1e-6, leaving_out=elsewhere)
    assert in_the_pacific.totals.people_in_units == pytest.approx(at_greenwich.totals.people_in_units, rel=1e-9)
    assert in_the_pacific.hotspots.total_bounds[0] >= -180
    assert in_the_pacific.hotspots.total_bounds[2] <= 180


def test_an_island_of_one_cell_survives_and_can_be_a_hotspot() -> None:
    original = small_region.inputs()
    people = original.people.copy()
    row, col = small_region.INSIDE[0].start + 44, small_region.INSIDE[1].start + 55
    people[row - 4 : row + 4, col - 5 : col + 5] = np.nan
    people[row, col] = 9000.0
    island = run(replace(original, people=people))
    assert float(island.layers["people"][44, 55]) == 9000.0
    assert float(island.layers["priority"][44, 55]) > 0
    lon, lat = (float(value) for value in original.grid.lonlat(row, col))
    there = island.hotspots[island.hotspots.contains(Point(lon, lat)) & (island.hotspots["dimension"] == "all")]
    assert list(there["people"]) == [9000.0]
    assert there["area_km2"].iloc[0] == pytest.approx(original.grid.row_area_km2[row])


def test_a_projected_grid_gives_nearly_the_same_as_longitude_and_latitude() -> None:
    utm = CRS.from_epsg(32632)
    grid = AnalysisGrid.from_transform(utm, Affine(900.0, 0, 595_000.0, 0, -900.0, 2_272_000.0), (80, 70))
    original = small_region.inputs()
    core = box(607_000, 2_218_000, 650_000, 2_260_000)
    rows, cols = np.indices(grid.shape)
    x, y = grid.xy(rows, cols)
    inside = (x > 607_000) & (x < 650_000) & (y > 2_218_000) & (y < 2_260_000)
    people = np.where(inside, 5.0, np.nan)
    lon, lat = grid.lonlat(rows, cols)
    town = inside & (np.abs(lon - 10.13) < 0.025) & (np.abs(lat - 20.30) < 0.025)
    people[town] = 4000.0
    units = gpd.GeoDataFrame(original.units.iloc[:1].drop(columns="geometry"), geometry=[core], crs=utm).to_crs(
        "OGC:CRS84"
    )
    projected = run(replace(original, grid=grid, people=people, units=units))
    assert projected.totals.people == pytest.approx(np.nansum(people))
    assert projected.totals.people_in_units == pytest.approx(np.nansum(people), rel=2e-3)
    first = projected.hotspots[projected.hotspots["dimension"] == "all"].iloc[0]
    assert first["name"] == "Bigtown"
    assert first["people"] >= town.sum() * 4000
    caused = projected.contributions.groupby(["hotspot_id", "dimension"])["exposure"].sum()
    modelled = projected.hotspots.set_index("hotspot_id")["air_exposure"]
    np.testing.assert_allclose(caused.xs("air", level="dimension").reindex(modelled.index), modelled, rtol=1e-6)


def test_ecological_exposure_is_of_the_regions_own_land() -> None:
    found = run(with_protected(small_region.inputs()))
    exposure = found.protected.set_index("protected_id")["ecological_exposure"]
    assert exposure[["a", "b"]].gt(0).all()
    assert np.isnan(exposure["c"])
    assert float(found.layers["ecological_exposure"].max()) > 0
