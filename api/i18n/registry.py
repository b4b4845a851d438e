"""The words of the registry that the pages show, as messages to translate: an extraction method for Babel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from config import load
from hotspots import tags
from hotspots.contributor_names import OUTSIDE_WORDS, WITHHELD_NAME
from hotspots.fields import DIMENSION_TITLES, PRESSURE_NOTES, RASTER_GROUPS, changes, raster_layers, vector_layers
from hotspots.inventory import AMONG_LISTED

FORMULA = re.compile(r"[A-Z]{1,4}[a-z]?[\d.]*")
"""Chemical formulas and the like, e.g. PM2.5 and SO2, which are the same in every language."""
MEANINGS = ("priority", "burden", "vulnerability", "people", "air_pressure", "freshwater_pressure", "land_pressure")
"""Layers whose meaning is translated; that of others is shown in English and marked so."""


def extract(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The messages, as Babel takes them: line, function, message, comments."""
    for message in sorted(messages()):
        yield 1, "gettext", message, []


def messages() -> set[str]:
    """Titles and units of layers, names of pollutants and sectors, titles of tags, notes and policy statements."""
    layers = raster_layers(load.pollutants().values())
    found = {*DIMENSION_TITLES.values(), *tags.TITLES.values(), *PRESSURE_NOTES.values(), *RASTER_GROUPS, AMONG_LISTED}
    for layer in layers.values():
        found |= {*layer.title.split(": "), *layer.unit.split(" · "), *layer.classes.labels}
        if not re.search(r"\d", layer.classes.basis):
            found.add(layer.classes.basis)
    found |= {layers[name].meaning for name in MEANINGS}
    found |= {layer.title for layer in vector_layers(load.pollutants().values()).values()}
    found |= {tags.title(theme) for sector in load.sectors().values() for theme in sector.themes}
    found |= {sector.title for sector in load.sectors().values()} | {OUTSIDE_WORDS, WITHHELD_NAME}
    policy = load.policy("default")
    found |= {policy.statement, policy.disclaimer, changes.BASIS, changes.MEANING}
    return {text for text in found if re.search(r"[A-Za-z]{2}", text) and not FORMULA.fullmatch(text)}
