"""A region and the values that describe its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from hotspots.pollutants import Medium

IncomeGroup = Literal["low", "lower_middle", "upper_middle", "high"]


@dataclass(frozen=True)
class Background:
    """An ambient background concentration a region's configuration gives, with its source."""

    pollutant: str
    value_ug_m3: float
    year: int
    citation: str


@dataclass(frozen=True)
class Limit:
    """A national limit of an annual mean in air, which a region's configuration gives with its source."""

    pollutant: str
    value_ug_m3: float
    citation: str


@dataclass(frozen=True)
class InventoryTotal:
    """What a national inventory or EDGAR reports for the whole region: of one sector, or of all (None)."""

    pollutant: str
    medium: Medium
    sector: str | None
    release_kg_yr: float
    year: int
    citation: str


@dataclass(frozen=True)
class PublishedTotal:
    """What a quantity of a dataset's profile should sum up to, and the share of it that it may differ by."""

    dataset: str
    quantity: str
    value: float
    tolerance: float
    citation: str


@dataclass(frozen=True)
class Override:
    """A correction of one record: what a person states instead of the inventory, and why.

    ``field`` is one of `hotspots.overrides.FIELDS`; ``pollutant`` and ``medium`` are those of a release, else empty.
    """

    source_id: str
    field: str
    value: str | float | bool
    pollutant: str
    medium: str
    author: str
    reason: str
    date: date


@dataclass(frozen=True)
class Region:
    """An area with one configuration file.

    ``countries`` are ISO 3166-1 alpha-3 codes of the region itself; a source elsewhere is `transboundary`.
    """

    id: str
    title: str
    countries: tuple[str, ...]
    income_group: IncomeGroup
    transboundary_margin_km: float
    unit_label: str
    """What one administrative unit is called, e.g. ``parish``."""
    languages: tuple[str, ...]
    backgrounds: tuple[Background, ...]
    notes: tuple[str, ...]
    """Statements every view of the region must carry, e.g. that it is a demonstration."""
    limits: tuple[Limit, ...] = ()
    inventory_totals: tuple[InventoryTotal, ...] = ()
    overrides: tuple[Override, ...] = ()
    published_totals: tuple[PublishedTotal, ...] = ()


@dataclass(frozen=True)
class DatasetRef:
    """What an edition says about one input dataset."""

    id: str
    title: str
    publisher: str
    licence: str
    citation: str
    url: str | None
    version: str | None
    year: int | None
    redistribution: Literal["raw", "derived", "none"]
    """What the licence allows to be re-published: the rows themselves, only what is derived, or nothing."""
    provides: str | None = None
    """What its adapter reads from it: units, population, facilities, protected_areas, …"""
    confidential_counts: bool = False
    """Whether its numbers of people are counts of persons that must not be told where they are small."""
    sensitive: bool = False
    """Whether nothing of it is published unless a consent is recorded."""
    contact: str | None = None
    """Whom to tell of an error in it: an e-mail address, or that of a page."""
