from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shapely.geometry import LineString, Point, Polygon, box

from hotspots.errors import MethodError
from hotspots.grid import GEOD, AnalysisGrid
from hotspots.protection import circle, dissolve, net_area_km2

GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1, 0, 0, 0, -1, 3), (3, 3))


def areas(*shapes) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs="OGC:CRS84")


def test_overlaps_are_counted_once() -> None:
    fraction = dissolve(areas(box(0, 2, 0.75, 3), box(0.5, 2, 1.5, 3), box(0, 0, 1, 1), box(0, 0, 1, 1)), GRID)
    np.testing.assert_allclose(fraction, [[1, 0.5, 0], [0, 0, 0], [1, 0, 0]])


def test_points_and_lines_have_no_area() -> None:
    assert dissolve(areas(Point(0.5, 0.5), LineString([(0, 0), (1, 1)])), GRID).sum() == 0
    assert net_area_km2(areas(Point(0.5, 0.5))) == 0
    assert net_area_km2(areas()) == 0


def test_net_area_of_overlaps_holes_and_parts() -> None:
    one = abs(GEOD.geometry_area_perimeter(box(0, 0, 1, 1))[0]) / 1e6
    assert one == pytest.approx(12309, rel=1e-3)
    assert net_area_km2(areas(box(0, 0, 1, 1), box(0, 0, 1, 1))) == pytest.approx(one)
    holed = Polygon(box(0, 0, 1, 1).exterior.coords, [box(0.4, 0.4, 0.6, 0.6).exterior.coords])
    hole = abs(GEOD.geometry_area_perimeter(box(0.4, 0.4, 0.6, 0.6))[0]) / 1e6
    assert net_area_km2(areas(holed)) == pytest.approx(one - hole)
    assert net_area_km2(areas(holed, box(5, 0, 6, 1)).geometry) == pytest.approx(2 * one - hole)


def test_net_area_is_the_same_in_another_crs() -> None:
    shapes = areas(box(0, 0, 1, 1))
    assert net_area_km2(shapes.to_crs("EPSG:6933")) == pytest.approx(net_area_km2(shapes), rel=1e-8)


@pytest.mark.parametrize(
    ("lon", "lat", "area_km2"),
    [(10, 20, 1), (179.99, -17, 5000), (-180, 65, 100), (0, 89.9, 20000), (30, -60, 1e6), (5, 0, 1e-4)],
)
def test_a_circle_has_its_area(lon: float, lat: float, area_km2: float) -> None:
    shape = circle(lon, lat, area_km2)
    assert shape.is_valid
    assert net_area_km2(gpd.GeoSeries([shape], crs="OGC:CRS84")) == pytest.approx(area_km2, rel=1e-3)
    assert shape.bounds[0] >= -180
    assert shape.bounds[2] <= 180


def test_a_circle_is_round_and_cut_at_the_antimeridian() -> None:
    xy = np.array(circle(10, 20, 314.159).exterior.coords)
    _, _, radius = GEOD.inv(np.full(len(xy), 10.0), np.full(len(xy), 20.0), *xy.T)
    np.testing.assert_allclose(radius, 10_000, rtol=1e-3)
    assert len(circle(179.99, -17, 5000).geoms) == 2


@pytest.mark.parametrize("area_km2", [0, -1, 1e9, float("nan")])
def test_an_impossible_area_is_an_error(area_km2: float) -> None:
    with pytest.raises(MethodError, match="area_km2"):
        circle(0, 0, area_km2)
