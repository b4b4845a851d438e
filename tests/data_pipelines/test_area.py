"""Where a region is, on both sides of the antimeridian."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Geod
from shapely import MultiPolygon, box

from data_pipelines.area import Area

UNITS = gpd.GeoDataFrame(
    {"unit_id": ["U1", "U2"]},
    geometry=[MultiPolygon([box(179, -18, 180, -17), box(-180, -18, -179.5, -17)]), box(-179.5, -18, -178.5, -17)],
    crs="OGC:CRS84",
)
AREA = Area(UNITS, ("FJI", "TON"), True, 10.0, country_of_unit=("FJI", "TON"))
LAT = np.full(3, -17.5)


def test_distances_are_those_on_the_ellipsoid():
    lon = np.array([-179.7, -178.0, 178.8])
    metres = [0.0, *(Geod(ellps="WGS84").inv(a, -17.5, b, -17.5)[2] for a, b in ((-178.5, -178.0), (178.8, 179.0)))]
    assert AREA.distance_km(lon, LAT) == pytest.approx(np.array(metres) / 1000, rel=2e-3)


def test_the_box_reaches_across_with_its_margin():
    west, _, east, _ = AREA.box
    assert west == pytest.approx(179 - 0.095, abs=2e-3)
    assert east == pytest.approx(181.5 + 0.095, abs=2e-3)
    assert AREA.holds(np.array([179.95, -178.45, 0.0]), LAT).tolist() == [True, True, False]


def test_a_point_has_the_country_of_the_nearest_unit():
    lon = np.array([179.9, -179.9, -178.4])
    assert AREA.countries_at(lon, LAT).tolist() == ["FJI", "FJI", "TON"]


@pytest.mark.parametrize(("countries", "found"), [(("FJI",), "FJI"), (("FJI", "TON"), "")])
def test_without_countries_of_units_only_a_region_of_one_is_known(countries, found):
    assert Area(UNITS, countries, True, 10.0).countries_at(np.array([179.9]), LAT[:1]).tolist() == [found]
