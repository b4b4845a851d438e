"""Sectors of sources and what is assumed of a source that reports nothing better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sector:
    """One sector.

    ``effective_height_m`` is stack height + plume rise, used where no stack data exist. ``land_weight`` is the
    hazard weight of a site in the land dimension, 0 for a sector that is no land pressure. ``themes`` are tags.
    """

    id: str
    title: str
    themes: tuple[str, ...]
    effective_height_m: float
    land_weight: float
    citation: str
