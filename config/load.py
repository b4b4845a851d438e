"""What is configured: regions, pollutants, sectors, emission factors. The one door to the files of this folder.

Files in ``HOTSPOTS_CONFIG`` come before the built-in ones, file by file, in the same layout.
"""

from __future__ import annotations

import re
from hashlib import sha256

from config import (
    factor_file,
    method_file,
    municipal_file,
    policy_file,
    pollutant_file,
    region_file,
    sector_file,
)
from config.countries import EuropeanUnion, read_union
from config.dataset_file import DatasetConfig
from config.factor_file import PowerPlantFactors
from config.override_file import check_overrides
from config.paths import config_file, folders
from config.reading import did_you_mean
from config.region_file import ID_PATTERN, RegionConfig
from config.schedule import Schedule
from hotspots.errors import ConfigError
from hotspots.inputs import MunicipalFactor
from hotspots.method import Method
from hotspots.policy import Policy
from hotspots.pollutants import Pollutant, released
from hotspots.region import IncomeGroup
from hotspots.sectors import Sector

REGIONS = "regions"


def region_ids() -> tuple[str, ...]:
    """The ids of all region files, sorted; the files are not opened, so one that does not parse hides no other."""
    found = {file.stem for folder in folders() for file in (folder / REGIONS).glob("*.toml")}
    return tuple(sorted(name for name in found if re.fullmatch(ID_PATTERN, name)))


def require(region_id: str) -> None:
    """Raise ConfigError, naming the likely one, where no region file is called ``region_id``."""
    known = list(region_ids())
    if region_id not in known:
        raise ConfigError(
            f"no such region: {region_id!r}.", source="regions", remedy=did_you_mean(region_id, known, "regions")
        )


def region(region_id: str) -> RegionConfig:
    """Everything configured for one region. Data files are looked for when they are read, not here.

    Raises
    ------
    ConfigError
        If there is no such region, or for any fault in its file, method or policy.
    """
    require(region_id)
    file = config_file(REGIONS, f"{region_id}.toml")
    table, value, datasets = region_file.read(file, region_id)
    substances = pollutants()
    region_file.check_pollutants(value, list(substances), file)
    region_file.check_totals(value, released(substances), list(sectors()), file)
    check_overrides(value.overrides, released(substances), list(sectors()), file)
    inputs = (
        value,
        [_identity(d) for d in datasets.values()],
        substances,
        sectors(),
        power_plant_factors(),
        municipal_factors(value.income_group),
        wastewater_plants(value.income_group),
    )
    return RegionConfig(
        region=value,
        datasets=datasets,
        method=method(table.method),
        policy=policy(table.policy),
        file=file,
        fingerprint=sha256(repr(inputs).encode()).hexdigest(),
        schedule=table.schedule,
    )


def schedule(region_id: str) -> Schedule | None:
    """When a region is refreshed by itself; None if only by hand. ConfigError for any fault in its file."""
    require(region_id)
    return region_file.read(config_file(REGIONS, f"{region_id}.toml"), region_id)[0].schedule


def method(name: str) -> Method:
    """The method ``methods/<name>.toml``; ConfigError if it is missing or faulty."""
    return method_file.read(config_file("methods", f"{name}.toml"))


def policy(name: str) -> Policy:
    """The policy ``policy/<name>.toml``; ConfigError if it is missing or faulty."""
    return policy_file.read(config_file("policy", f"{name}.toml"))


def european_union() -> EuropeanUnion:
    """Whom Directive 2003/4/EC binds; ConfigError if european_union.toml is missing or faulty."""
    return read_union(config_file("european_union.toml"))


def _identity(dataset: DatasetConfig) -> tuple[object, ...]:
    """What decides how a dataset is read, whatever folder its files lie in."""
    files = {**dataset.paths, **{name: file.url for name, file in dataset.remote.items()}}
    return (dataset.id, dataset.adapter, files, dataset.ref, dataset.quarantine_limit, dataset.options)


def pollutants() -> dict[str, Pollutant]:
    """All pollutants by id; ConfigError if pollutants.toml is missing or faulty."""
    return pollutant_file.read(config_file("pollutants.toml"))


def sectors() -> dict[str, Sector]:
    """All sectors by id; ConfigError if sectors.toml is missing or faulty."""
    return sector_file.read(config_file("sectors.toml"))


def power_plant_factors() -> PowerPlantFactors:
    """Factors by fuel; ConfigError if the file is missing or faulty, or names an unknown pollutant."""
    file = config_file("emission_factors", "power_plants.toml")
    factors = factor_file.read(file)
    known = released(pollutants())
    for fuel in factors.fuels.values():
        for pollutant in fuel.factors_g_gj:
            if pollutant not in known:
                raise ConfigError(
                    f"unknown pollutant {pollutant!r}.",
                    source=file,
                    field=f"fuels.{fuel.id}.factors.{pollutant}",
                    remedy=_released_as(pollutant) or did_you_mean(pollutant, known, "pollutants"),
                )
    return factors


def wastewater_plants(income_group: IncomeGroup) -> dict[str, dict[str, float]]:
    """kg a year that plants release per person served, by level of treatment and pollutant; errors as below."""
    return municipal_file.read_plants(config_file("emission_factors", "municipal.toml"), income_group)


def municipal_factors(income_group: IncomeGroup, served: float = 0.0) -> tuple[MunicipalFactor, ...]:
    """Factors per person; ConfigError if the file is missing or faulty, or names an unknown pollutant or sector.

    ``served`` is the share of the people whose wastewater listed plants release.
    """
    file = config_file("emission_factors", "municipal.toml")
    factors = municipal_file.read(file, income_group, served)
    for kind, named, known in (
        ("pollutant", [f.pollutant for f in factors], released(pollutants())),
        ("sector", [f.sector for f in factors], list(sectors())),
    ):
        for name in named:
            if name not in known:
                remedy = (kind == "pollutant" and _released_as(name)) or did_you_mean(name, known, f"{kind}s")
                raise ConfigError(f"unknown {kind} {name!r}.", source=file, field=kind, remedy=remedy)
    return factors


def _released_as(name: str) -> str:
    """What to write instead of a pollutant that is made from another one; empty where it is not configured at all."""
    made = pollutants().get(name)
    return f"{made.name} is not released as such but made from {made.emitted_as!r}: name that." if made else ""
