"""Every feature table of an edition."""

from __future__ import annotations

from collections.abc import Iterable

from hotspots.fields.admin_fields import admin_fields
from hotspots.fields.hotspot_fields import hotspot_fields
from hotspots.fields.kinds import VectorLayer
from hotspots.fields.observation_fields import observation_fields
from hotspots.fields.protected_fields import protected_fields
from hotspots.fields.river_mouth_fields import river_mouth_fields
from hotspots.fields.source_fields import source_fields
from hotspots.pollutants import Pollutant


def vector_layers(pollutants: Iterable[Pollutant]) -> dict[str, VectorLayer]:
    """Every feature table of an edition, by name, with the fields in the order they are written."""
    known = tuple(pollutants)
    layers = (
        VectorLayer(
            "hotspots", "Hotspots", "Delineated areas with evidence.", "hotspot_id", "polygon", hotspot_fields(known)
        ),
        VectorLayer(
            "sources",
            "Sources",
            "Facilities and sites that release pollutants.",
            "source_id",
            "point",
            source_fields(known),
        ),
        VectorLayer("admin", "Administrative units", "Summary by unit.", "unit_id", "polygon", admin_fields(known)),
        VectorLayer(
            "protected",
            "Protected areas",
            "Protected areas and what reaches them.",
            "protected_id",
            "polygon",
            protected_fields(),
        ),
        VectorLayer(
            "river_mouths",
            "River mouths",
            "Where streams of the network end, with what they bring of the modelled releases upstream.",
            "mouth_id",
            "point",
            river_mouth_fields(known),
        ),
        VectorLayer(
            "observations",
            "Measurements",
            "What monitors and samples measured, beside what it is compared with.",
            "observation_id",
            "point",
            observation_fields(),
        ),
    )
    return {layer.name: layer for layer in layers}
