from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from pyproj import CRS

from hotspots.dispersion import shared
from hotspots.dispersion.area import cell_kernel
from hotspots.dispersion.kernels import RadialTable, Release, radial_table
from hotspots.dispersion.shared import GriddedSources, SharedKernels
from hotspots.grid import AnalysisGrid
from hotspots.method import AirMethod
from tests.hotspots.dispersion.climates import climate

METHOD = AirMethod(6_000, 16, 1500, 10, 3.0, 0.5, 1.0, (), 293.0, 0.75, 5_000, 0.1)
# From 50° to 48.33° north: 200 rows of 30″.
GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1 / 120, 0, 10, 0, -1 / 120, 50), (200, 150))


def table(height_m: float) -> RadialTable:
    westerly = climate({12: 1.0})
    return radial_table(Release(westerly.at(10, 49), westerly.speed_m_s, height_m, None, "rural"), METHOD)


KERNELS = SharedKernels(GRID, (table(10.0), table(120.0)), spacing=64)


def sources(count: int = 60) -> GriddedSources:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(9.9, 11.3, count), rng.uniform(48.3, 50.1, count)
    return GriddedSources.of(GRID, lon, lat, rng.lognormal(size=count), rng.integers(0, 2, count))


def one(row: int, col: int, release_kg_yr: float = 1.0) -> GriddedSources:
    index = np.array([row]), np.array([col])
    return GriddedSources(*index, np.array([release_kg_yr]), np.array([0]))


WHOLE = slice(0, GRID.rows)


def test_a_source_on_a_lattice_row_has_its_kernel() -> None:
    # Rows 64 ± 7: the kernel of row 64 is at work in full only in row 64 itself.
    kernel = cell_kernel(GRID, KERNELS.tables[0], 64, 75)
    half = kernel.shape[1] // 2
    field = KERNELS.field(one(64, 70, 3.0), slice(64, 65))
    np.testing.assert_allclose(field[0, 70 - half : 70 + half + 1], 3 * kernel[kernel.shape[0] // 2], rtol=1e-5)
    assert field[0, 71] > field[0, 69]  # a westerly wind carries it to the east


def test_between_lattice_rows_the_field_is_within_a_thousandth_of_the_rows_own_kernel() -> None:
    own = cell_kernel(GRID, KERNELS.tables[0], 96, 75)
    half_rows, half_cols = own.shape[0] // 2, own.shape[1] // 2
    field = KERNELS.field(one(96, 70), WHOLE)[96 - half_rows : 97 + half_rows, 70 - half_cols : 71 + half_cols]
    assert np.abs(field - own).sum() < 0.001 * own.sum()


def test_whichever_way_is_cheaper_the_field_is_the_same(monkeypatch) -> None:
    fields = []
    for cost in (0.0, np.inf):
        monkeypatch.setattr(shared, "FFT_COST", cost)
        fields.append(KERNELS.field(sources(), WHOLE))
    assert fields[0].max() > 0
    np.testing.assert_allclose(fields[0], fields[1], atol=1e-5 * fields[0].max())


@pytest.mark.parametrize("cost", [0.0, np.inf])
@pytest.mark.parametrize("height", [1, 37, 64, 200])
def test_the_cut_into_bands_changes_nothing(monkeypatch, cost: float, height: int) -> None:
    monkeypatch.setattr(shared, "FFT_COST", cost)
    whole = KERNELS.field(sources(20), WHOLE)
    bands = [KERNELS.field(sources(20), slice(first, min(first + height, 200))) for first in range(0, 200, height)]
    np.testing.assert_allclose(np.concatenate(bands), whole, atol=1e-5 * whole.max())


def test_sources_add_and_their_order_does_not_matter() -> None:
    given = sources()
    twice = KERNELS.field(replace(given, release_kg_yr=2 * given.release_kg_yr), WHOLE)
    np.testing.assert_allclose(twice, 2 * KERNELS.field(given, WHOLE), rtol=1e-5)
    rng = np.random.default_rng(7)
    lon, lat, release, kind = (
        rng.uniform(9.9, 11.3, 60),
        rng.uniform(48.3, 50.1, 60),
        rng.lognormal(size=60),
        rng.integers(0, 2, 60),
    )
    turned = GriddedSources.of(GRID, lon[::-1], lat[::-1], release[::-1], kind[::-1])
    np.testing.assert_array_equal(KERNELS.field(turned, WHOLE), KERNELS.field(given, WHOLE))


def test_no_sources_no_field() -> None:
    assert not KERNELS.field(sources(0), slice(0, 10)).any()
