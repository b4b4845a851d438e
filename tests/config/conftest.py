"""A configuration folder of one's own, as a ministry would keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

REGION = """
title = "Testland"
countries = ["JAM"]
income_group = "low"
unit_label = "district"

[[backgrounds]]
pollutant = "pm25"
value_ug_m3 = 12.5
year = 2020
citation = "Testland yearbook 2020"

[datasets.facilities]
adapter = "facility_table"
path = "facilities.csv"
title = "Inventory"
publisher = "Ministry"
licence = "CC-BY-4.0"
citation = "Ministry (2020)"
redistribution = "derived"

[datasets.facilities.options]
people_column = "people"
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder set as HOTSPOTS_CONFIG, with the region `testland` and its one data file."""
    folder = tmp_path / "config"
    (folder / "regions").mkdir(parents=True)
    (folder / "regions" / "testland.toml").write_text(REGION, encoding="utf-8")
    (folder / "regions" / "facilities.csv").write_text("name\nMill\n", encoding="utf-8")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    monkeypatch.delenv("HOTSPOTS_DATA", raising=False)
    return folder


@pytest.fixture
def region_file(own: Path) -> Path:
    return own / "regions" / "testland.toml"
