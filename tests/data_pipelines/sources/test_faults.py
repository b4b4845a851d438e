"""What must not go unnoticed in a file, whatever its format and adapter: by an error, a quarantine or a comparison.

A fault that leaves the file readable is noticed beside the last edition's inputs, as a refresh compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_pipelines.contract import Read
from data_pipelines.profiles import profile_of
from hotspots import input_profile
from hotspots.errors import ConfigError, InputError
from hotspots.input_profile import suspect
from tests.data_pipelines.sources import faults
from tests.data_pipelines.sources.test_contract import CASES, Case, read

AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "airnow_monitors": ("a", "b", "c", "d"),
    "climate_trace": ("emissions_quantity",),
    "eprtr": ("totalPollutantQuantityKg",),
    "facility_table": ("so2_t", "nox_kg"),
    "gppd": ("capacity_mw",),
    "hydrowaste": ("POP_SERVED",),
    "intakes": ("people_served",),
    "lakes": ("volume_km3",),
    "openaq": ("value",),
    "places": ("population",),
    "population_from_census": ("people",),
    "protected_areas": ("REP_AREA",),
    "samples": ("Cd mg/kg",),
    "tri": ("51. 5.1 - FUGITIVE AIR", "52. 5.2 - STACK AIR", "53. 5.3 - WATER"),
    "unit_characteristics": ("u5", "65+", "wealth"),
}
"""The columns of each table that are quantities. Of rasters and NetCDF files everything is."""
UNIT_COLUMNS = {"tri": "50. UNIT OF MEASURE", "openaq": "units", "facility_table": "unit"}
UNIT_OPTIONS: Mapping[str, tuple[str | int, ...]] = {
    "ambient_field": ("unit",),
    "airnow_monitors": ("unit",),
    "characteristic_raster": ("measure",),
    "facility_table": ("releases", 0, "unit"),
    "samples": ("elements", 0, "unit"),
}
UNIT_ATTRIBUTES = {"edgar", "wind", "terrain"}
UNIT_FIXED = {
    "age_sex_rasters": "people",
    "boundaries": "no amounts",
    "climate_trace": "tonnes, by the publisher's note",
    "eprtr": "kg, in the name of the column",
    "flow_direction": "codes",
    "flow_from_elevation": "only which cell is lower counts",
    "gppd": "MW, in the name of the column",
    "hydrowaste": "people",
    "intakes": "people",
    "lakes": "km3, in the name of the column",
    "places": "people",
    "population_from_census": "people",
    "population_raster": "people",
    "protected_areas": "km2, by the manual",
    "river_plastic": "tonnes, by the published sum of the whole file",
    "sub_basins": "codes",
    "unit_characteristics": "people and shares of them",
}
"""Adapters whose files say no unit, and what it is."""

FIRST = {"age_sex_rasters": "f_0", "edgar": "PM2.5_RCO"}
"""The one file that is changed, of adapters that read several rasters."""
OTHER_ENCODING = {"hydrowaste"}
"""Adapters of publishers that do not write UTF-8: every byte is a letter to them."""
APART = {"river_plastic"}
"""Adapters of layouts that `faults` does not write, with the same tests in a file of their own."""
FILES = [
    (case, name)
    for case in CASES
    if case.adapter not in APART
    for name in case.tables or (FIRST.get(case.adapter, "file"),)
]
each_file = pytest.mark.parametrize(("case", "name"), FILES, ids=[f"{case.adapter}-{name}" for case, name in FILES])


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are compared, too."""
    monkeypatch.setattr(input_profile, "FEWEST_ROWS", 1)
    monkeypatch.setattr(input_profile, "FEWEST_VALUES", 1)


def quarantined(found: Read[Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for quality in found.quality:
        for (reason, outcome), count in quality.by_reason().items():
            if outcome == "quarantined":
                counts[reason] = counts.get(reason, 0) + count
    return counts


def noticed(case: Case, files: dict[str, Path], faulty: dict[str, Path]) -> set[str]:
    """The reasons for which the file would not be used as before; "refused" where it is an error."""
    before = read(case, files)
    try:
        after = read(case, files | faulty)
    except InputError as error:
        assert error.source is not None
        assert error.remedy
        return {"refused"}
    found = {item.reason for item in suspect(profile_of("mini", after), profile_of("mini", before), ())}
    old = quarantined(before)
    return found | {reason for reason, count in quarantined(after).items() if count > old.get(reason, 0)}


def changed(files: dict[str, Path], name: str, folder: Path, change: faults.Change) -> dict[str, Path]:
    copy = folder / "faulty" / files[name].name
    copy.parent.mkdir(exist_ok=True)
    change(files[name], copy)
    return {name: copy}


@each_file
def test_a_renamed_column_is_an_error_that_names_it_unless_nobody_reads_it(case: Case, name: str, tmp_path: Path):
    """All columns are renamed, and each that is missed gets its name back, until the file is read: as it was before."""
    files = case.files(tmp_path)
    there = faults.columns(files[name])
    missed: list[str] = []
    while True:
        change = faults.renamed([column for column in there if column not in missed])
        try:
            after = read(case, files | changed(files, name, tmp_path, change))
        except InputError as error:
            missed.append(named(error, [column for column in there if column not in missed]))
        else:
            break
    assert missed or not there
    assert set(AMOUNTS.get(case.adapter, ())) & set(there) <= set(missed)
    before = read(case, files)
    assert profile_of("mini", after).same_as(profile_of("mini", before))
    assert after.quality == before.quality


def named(error: InputError, columns: list[str]) -> str:
    """The one of ``columns`` that the error names as its field, or its message as one that is not there."""
    field = str(error.field).removesuffix("_new")
    found = [column for column in columns if field == faults.plain(column)]
    return found[0] if found else next(column for column in columns if f"{column}_new" in error.message)


@each_file
def test_a_thousand_times_the_amounts_are_noticed(case: Case, name: str, tmp_path: Path):
    files = case.files(tmp_path)
    amounts = AMOUNTS.get(case.adapter, ())
    if files[name].suffix == ".csv":
        assert amounts, f"say in AMOUNTS which columns of {case.adapter} are quantities"
    if files[name].suffix == ".geojson" or (amounts and not set(amounts) & set(faults.columns(files[name]))):
        pytest.skip("it holds no amounts")
    assert noticed(case, files, changed(files, name, tmp_path, faults.scaled(amounts)))


@each_file
def test_half_of_the_rows_are_noticed(case: Case, name: str, tmp_path: Path):
    files = case.files(tmp_path)
    change = faults.halved
    if case.adapter == "sub_basins":
        pytest.skip("flow_direction reads the same raster, and counts its cells")
    if files[name].suffix in {".csv", ".geojson"}:
        aside = {
            issue.row
            for quality in read(case, files).quality
            if quality.file == files[name].name
            for issue in quality.issues
            if issue.outcome == "quarantined"
        }
        used = [row for row in range(1, faults.row_count(files[name]) + 1) if row not in aside]
        change = faults.without_rows(used[len(used) // 2 :])
    assert noticed(case, files, changed(files, name, tmp_path, change))


def test_every_adapter_says_where_its_unit_stands():
    said = {*UNIT_COLUMNS, *UNIT_OPTIONS, *UNIT_ATTRIBUTES, *UNIT_FIXED}
    assert sorted(said) == sorted(case.adapter for case in CASES)


@pytest.mark.parametrize("adapter", sorted({*UNIT_COLUMNS, *UNIT_ATTRIBUTES}))
def test_an_unknown_unit_of_a_file_is_not_used(adapter: str, tmp_path: Path):
    (case,) = [case for case in CASES if case.adapter == adapter]
    files = case.files(tmp_path)
    change = faults.in_unit("furlong", UNIT_COLUMNS.get(adapter))
    faulty = changed(files, FIRST.get(adapter, "file"), tmp_path, change)
    assert noticed(case, files, faulty) & {"refused", "UNIT_UNKNOWN"}


@pytest.mark.parametrize("adapter", UNIT_OPTIONS)
def test_an_unknown_unit_of_an_option_is_not_used(adapter: str, tmp_path: Path):
    (case,) = [case for case in CASES if case.adapter == adapter]
    options: Any = deepcopy(case.options)
    *path, last = UNIT_OPTIONS[adapter]
    inner = options
    for step in path:
        inner = inner[step]
    inner[last] = "furlong"
    try:
        found = read(replace(case, options=options), case.files(tmp_path))
    except (InputError, ConfigError) as error:
        assert "furlong" in str(error)
    else:
        assert quarantined(found)["UNIT_UNKNOWN"]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.tables and case.adapter not in OTHER_ENCODING],
    ids=lambda case: case.adapter,
)
def test_another_encoding_is_an_error_that_says_what_to_set(case: Case, tmp_path: Path):
    files = case.files(tmp_path)
    for name in case.tables:
        with pytest.raises(InputError) as error:
            read(case, files | changed(files, name, tmp_path, faults.in_latin_1))
        assert error.value.field == "encoding"
