"""Policy files: what every view of an edition says, its licence, and the consents to begin with."""

from __future__ import annotations

from pathlib import Path

from config.consent_table import ConsentTable
from config.reading import Settings, read_model
from config.region_file import Text
from hotspots.errors import ConfigError
from hotspots.policy import Policy


class PolicyTable(Settings):
    """A policy file."""

    disclaimer: Text
    statement: Text
    licence: Text
    publisher: Text
    contact: Text | None = None
    consents: tuple[ConsentTable, ...] = ()


def read(file: Path) -> Policy:
    """The policy of a file; a paragraph may run over several lines.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    table = read_model(PolicyTable, file)
    disclaimer, statement, licence, publisher, contact = (
        " ".join(text.split())
        for text in (table.disclaimer, table.statement, table.licence, table.publisher, table.contact or "")
    )
    consents = tuple(item.consent() for item in table.consents)
    keys = [consent.key for consent in consents]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise ConfigError(
                "the same authority speaks twice of the same dataset, country and layer.",
                source=file,
                field=f"consents[{number}]",
                remedy="Keep one of them.",
            )
    return Policy(disclaimer, statement, licence, publisher, contact, consents)
