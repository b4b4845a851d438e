from __future__ import annotations

from pathlib import Path

import pytest

from config import load
from hotspots.errors import ConfigError

BASE = {"source_id": '"facilities:x"', "author": '"A. Officer"', "reason": '"Letter"', "date": "2025-03-01"}


@pytest.fixture
def region(tmp_path, monkeypatch):
    """A function that configures Jamaica with one override of some keys."""
    built_in = (Path(load.__file__).parent / "regions" / "jamaica.toml").read_text()
    folder = tmp_path / "regions"
    folder.mkdir()
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(tmp_path))

    def read(**keys: str):
        lines = [f"{key} = {value}" for key, value in (BASE | keys).items()]
        (folder / "jamaica.toml").write_text(built_in + "\n[[overrides]]\n" + "\n".join(lines) + "\n")
        return load.region("jamaica")

    return read


def test_an_override_is_read_and_decides_the_inputs(region):
    excluded = region(field='"exclude"')
    (override,) = excluded.region.overrides
    assert (override.source_id, override.field, override.value) == ("facilities:x", "exclude", True)
    assert override.date.isoformat() == "2025-03-01"
    assert region(field='"name"', value='"Works"').fingerprint != excluded.fingerprint


@pytest.mark.parametrize(
    "keys",
    [
        {"field": '"colour"', "value": '"red"'},
        {"field": '"exclude"', "value": '"yes"'},
        {"field": '"name"', "value": "3"},
        {"field": '"latitude"', "value": "91"},
        {"field": '"stack_height_m"', "value": '"high"'},
        {"field": '"exit_temperature_k"', "value": "0"},
        {"field": '"status"', "value": '"asleep"'},
        {"field": '"release_kg_yr"', "value": "3.0"},
        {"field": '"release_kg_yr"', "value": "-3.0", "pollutant": '"so2"', "medium": '"air"'},
        {"field": '"release_kg_yr"', "value": "3.0", "pollutant": '"so3"', "medium": '"air"'},
        {"field": '"name"', "value": '"A"', "pollutant": '"so2"', "medium": '"air"'},
        {"field": '"sector"', "value": '"alchemy"'},
        {"field": '"exclude"', "author": '""'},
        {"field": '"exclude"', "reason": '""'},
    ],
)
def test_a_faulty_override_is_an_error_of_its_key(region, keys):
    with pytest.raises(ConfigError) as error:
        region(**keys)
    assert "overrides" in str(error.value.field)
