"""Inputs that several tests of the policy look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config import load
from data_pipelines.inputs import read_inputs
from hotspots.inputs import Inputs
from hotspots.progress import Silent


@pytest.fixture(scope="session")
def jamaica(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Jamaica whose census is confidential, with a table of groups by parish in which 7 people of one are poor."""
    folder = tmp_path_factory.mktemp("config") / "regions"
    folder.mkdir()
    built_in = Path(load.__file__).parent
    data = built_in / "data" / "jamaica"
    census = [line.split(",") for line in (data / "parish_population_2011.csv").read_text().splitlines()[1:]]
    rows = [f"{name},{total},{7 if n == 3 else int(total) // 9}" for n, (name, total, *_) in enumerate(census)]
    (folder / "groups.csv").write_text("\n".join(["parish,people,poor", *rows]) + "\n")
    text = (built_in / "regions" / "jamaica.toml").read_text().replace("../data/jamaica", str(data))
    text = text.replace("quarantine_limit = 0.0\n", "quarantine_limit = 0.0\nconfidential_counts = true\n")
    groups = f"""
[datasets.groups]
adapter = "unit_characteristics"
path = "{folder / "groups.csv"}"
title = "Groups by parish"
publisher = "Test"
licence = "Confidential"
citation = "Test"
year = 2011
redistribution = "raw"
confidential_counts = true
options = {{ unit_column = "parish", total_column = "people", columns = {{ poor = "poor" }} }}
"""
    (folder / "jamaica_census.toml").write_text(text + groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(folder.parent))
        inputs = read_inputs(load.region("jamaica_census"), date(2026, 1, 1), Silent())
    # Seas and winds change no count; without them, and with one source, the assessment takes a second.
    sources = inputs.sources[inputs.sources["source_id"].isin(inputs.releases["source_id"])].iloc[:1]
    releases = inputs.releases[inputs.releases["source_id"].isin(sources["source_id"])]
    few = {"sources": sources.reset_index(drop=True), "releases": releases.reset_index(drop=True)}
    return replace(inputs, municipal=(), elevation=None, protected=None, wind=None, **few)
