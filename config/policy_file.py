"""Policy files: what every view of an edition says, and under which licence it is published."""

from __future__ import annotations

from pathlib import Path

from config.reading import Settings, read_model
from config.region_file import Text
from hotspots.policy import Policy


class PolicyTable(Settings):
    """A policy file."""

    disclaimer: Text
    statement: Text
    licence: Text
    publisher: Text


def read(file: Path) -> Policy:
    """The policy of a file; a paragraph may run over several lines.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    table = read_model(PolicyTable, file)
    return Policy(**{key: " ".join(text.split()) for key, text in table.model_dump().items()})
