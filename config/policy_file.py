"""Policy files: what every view of an edition says, its licence, and the consents to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from config.consent_table import ConsentTable
from config.reading import Settings, read_model
from config.region_file import Country, Text
from hotspots.errors import ConfigError
from hotspots.policy import Policy
from hotspots.policy.small_counts import DEFAULT, CountRule, SmallCounts


class CountRuleTable(Settings):
    """``[small_counts]``, or ``[small_counts.countries.XXX]``."""

    threshold: float = Field(ge=2)
    interval_width: float = Field(gt=0)

    def rule(self) -> CountRule:
        """The rule."""
        return CountRule(self.threshold, self.interval_width)

    @model_validator(mode="after")
    def _blocks_are_wide_enough(self) -> Self:
        if self.interval_width > self.threshold:
            raise ValueError("interval_width should be at most the threshold: a block may hold no more people")
        return self


class SmallCountsTable(CountRuleTable):
    """``[small_counts]`` of a policy file."""

    countries: dict[Country, CountRuleTable] = Field(default_factory=dict)

    def rules(self) -> SmallCounts:
        """The rules of all countries."""
        return SmallCounts(self.rule(), {name: item.rule() for name, item in self.countries.items()})


class PolicyTable(Settings):
    """A policy file."""

    disclaimer: Text
    statement: Text
    licence: Text
    publisher: Text
    contact: Text | None = None
    consents: tuple[ConsentTable, ...] = ()
    small_counts: SmallCountsTable | None = None


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
    small_counts = DEFAULT if table.small_counts is None else table.small_counts.rules()
    return Policy(disclaimer, statement, licence, publisher, contact, consents, small_counts)
