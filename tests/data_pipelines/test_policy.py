"""Which consents can be recorded and carried out at all, by what the dataset is and where its authority is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from config import load
from config.countries import time_zones
from config.region_file import RegionConfig
from data_pipelines.policy import require_admissible
from hotspots.consent import Consent, Precision, Reason
from hotspots.errors import PolicyError
from tests import policy_region
from tests.new_region import REGION

SAID = Consent(
    region=REGION,
    dataset="works",
    country="DEU",
    authority="Ministry of mines",
    purpose="screening",
    precision=Precision.WITHHELD,
    evidence="letter 1",
    valid_from=date(2026, 1, 1),
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RegionConfig:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(policy_region.write(tmp_path / "config")))
    return load.region(REGION)


@pytest.mark.parametrize("reason", list(Reason))
def test_in_the_european_union_some_reasons_keep_no_emissions_back(config: RegionConfig, reason: Reason) -> None:
    """Article 4(2) bars its points (a), (d), (f), (g) and (h): of ours commercial (d) and personal data (f)."""
    said = replace(SAID, reason=reason)
    if reason in (Reason.COMMERCIAL, Reason.PERSONAL_DATA):
        with pytest.raises(PolicyError, match=rf"{reason.value} \(Directive 2003/4/EC art. 4\(2\)\([df]\)\)"):
            require_admissible(config, said)
    else:
        require_admissible(config, said)
    # Elsewhere, for what is open, and for what is no emission, the Protocol alone speaks.
    require_admissible(config, replace(said, country="JAM"))
    require_admissible(config, replace(said, precision=Precision.OPEN))
    require_admissible(config, replace(said, dataset="protected_areas"))


def test_the_european_union_has_27_members(config: RegionConfig) -> None:
    members = load.european_union().members
    assert len(members) == 27
    assert {"DEU", "HRV", "NLD"} <= members
    assert not {"GBR", "CHE", "NOR", "JAM"} & members


def test_a_precision_that_a_dataset_cannot_have_is_refused_by_name(config: RegionConfig) -> None:
    said = replace(SAID, dataset="boundaries", precision=Precision.AGGREGATED, reason=Reason.SECURITY)
    with pytest.raises(PolicyError, match=r"dataset boundaries: precision: provides units, which cannot be aggregated"):
        require_admissible(config, said)


def test_restricted_reading_needs_rows_and_a_licence(config: RegionConfig) -> None:
    said = replace(SAID, reason=Reason.SECURITY, restricted_reading=True)
    require_admissible(config, said)
    with pytest.raises(PolicyError, match="provides units, of which no rows are kept"):
        require_admissible(config, replace(said, dataset="boundaries"))
    works = config.datasets["works"]
    derived = replace(works, ref=replace(works.ref, redistribution="derived"))
    closed = replace(config, datasets=MappingProxyType({**config.datasets, "works": derived}))
    with pytest.raises(PolicyError, match="licence"):
        require_admissible(closed, said)


def test_the_time_zones_of_a_country() -> None:
    assert time_zones("JAM") == ("America/Jamaica",)
    assert {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"} <= set(time_zones("IDN"))
    assert time_zones("XXX") == ()
