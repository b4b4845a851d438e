"""Names by language: from the columns of a dataset to the tables that are published."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pytest

from data_pipelines.outputs import write_all
from hotspots.errors import InputError
from hotspots.names import unambiguous
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import miniature
from tests.data_pipelines.miniature import FIXTURES, read
from tests.data_pipelines.sources.test_contract import BOUNDARY_OPTIONS
from tests.hotspots.tables import test_hotspots as tables
from tests.hotspots.tables import tiny


def test_units_have_the_names_that_their_dataset_has(tmp_path):
    path = tmp_path / "units.gpkg"
    units = gpd.read_file(FIXTURES / "units.geojson").iloc[:2]
    units.assign(arabic=[" الغرب ", None], local=["Tây", "Đông"]).to_file(path)
    options = BOUNDARY_OPTIONS | {"names": {"ar": "arabic"}, "name_column": "local"}
    table = read("boundaries", path, options).value.table
    assert sorted(zip(table["name"], table["name_ar"], strict=True)) == [("Tây", "الغرب"), ("Đông", "")]
    with pytest.raises(InputError, match="missing"):
        read("boundaries", path, BOUNDARY_OPTIONS | {"names": {"ar": "missing"}})


def test_places_have_the_names_that_their_dataset_has(tmp_path):
    path = tmp_path / "places.csv"
    head, *rows = (FIXTURES / "places.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{head},zh", *(f"{row},名{n}" for n, row in enumerate(rows))]), encoding="utf-8")
    table = read("places", path, {"names": {"zh": "zh"}}).value
    assert table["name_zh"].str.startswith("名").all()
    assert len(table) > 0


def test_a_name_means_one_thing_or_is_not_translated():
    assert unambiguous(["A", "B", "A"], ["x", "y", "x"]) == {"A": "x", "B": "y"}
    assert unambiguous(["A", "A"], ["x", "y"]) == {}


def test_a_hotspot_is_called_as_its_place_is():
    inputs = tiny.inputs()
    assert inputs.places is not None
    places = inputs.places.assign(name_ar=["كفر", "مدينة", "", ""], name_fr="")
    found = tables.table(replace(inputs, places=places))
    # Town is the largest place in hotspot 2, Hamlet the nearest to hotspot 1.
    assert found.loc["h-2", ["name", "name_ar", "name_fr"]].tolist() == ["Town", "مدينة", ""]
    assert found.loc["h-1", ["name", "name_ar"]].tolist() == ["Hamlet", "كفر"]
    assert "name_ru" not in found


def test_without_places_a_hotspot_is_called_as_its_unit_is():
    inputs = tiny.inputs()
    found = tables.table(replace(inputs, places=None, units=inputs.units.assign(name_ru=["Запад", "Восток"])))
    assert found.loc["h-1", ["name", "name_ru"]].tolist() == ["West", "Запад"]


def test_only_languages_of_the_data_are_published(tmp_path):
    assessment = miniature.assessment()
    units = assessment.units.assign(name_ar="شرق")
    write_all(publishable(replace(assessment, units=units), miniature.POLICY), tmp_path, Silent())
    admin = json.loads((tmp_path / "vectors" / "admin.geojson").read_text(encoding="utf-8"))
    named = {name for name in admin["features"][0]["properties"] if name.startswith("name_")}
    assert named == {"name_ar"}
    codebook = json.loads((tmp_path / "report" / "codebook.json").read_text(encoding="utf-8"))
    listed = json.dumps(codebook)
    assert "name_ar" in listed
    assert "name_fr" not in listed
