"""What holders of the right to read restricted data may read: rows in full, beside what an edition has of them.

Nothing of it enters an edition. It is made of the inputs as they were read, before `permitted` changes them, for rows
of which every authority that keeps something back allows such reading (`Rules.restricted`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from hotspots.inputs import Inputs
from hotspots.policy.permitted import claimants, names_in, published_names
from hotspots.policy.rules import Rules

SOURCES, RELEASES, ATTRIBUTION = "sources", "releases", "attribution"


@dataclass(frozen=True)
class RestrictedTable:
    """Rows of one dataset that readers of all ``countries`` (ISO 3166-1 alpha-3, sorted) may read.

    ``name`` is SOURCES (with geometry), RELEASES or ATTRIBUTION.
    """

    countries: tuple[str, ...]
    dataset: str
    name: str
    table: pd.DataFrame


def restricted_tables(inputs: Inputs, rules: Rules, attribution: pd.DataFrame) -> tuple[RestrictedTable, ...]:
    """The tables in full.

    Parameters
    ----------
    inputs:
        As they were read. In a disputed unit a row is for those who may read of every claimant.
    attribution:
        That of the edition (Publishable.attribution), whose contributors are named as published.

    Returns
    -------
    tuple of RestrictedTable
        Sources as in hotspots.schemas with ``published_as``, what the edition calls a source: empty where it has none.
        Releases as there. Attribution with the columns of the edition's and ``source_id``: what single sources that
        stand generalised in the edition contribute; of what is aggregated or withheld there is none.
    """
    published = published_names(inputs, rules)
    parties: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for source, datasets, countries in _rows(inputs):
        for dataset in datasets:
            if rules.restricted(datasets, countries):
                parties.setdefault((countries, dataset), []).append(source)
    found: list[RestrictedTable] = []
    for (countries, dataset), sources in sorted(parties.items()):
        tables = {
            SOURCES: _sources(inputs, sources, published),
            RELEASES: inputs.releases[inputs.releases["source_id"].isin(sources)].reset_index(drop=True),
            ATTRIBUTION: _attribution(attribution, sources, published),
        }
        found += [RestrictedTable(countries, dataset, name, table) for name, table in tables.items() if len(table)]
    return tuple(found)


def _rows(inputs: Inputs) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """Each source with its datasets and the countries whose word counts where it stands."""
    claimed = claimants(inputs)
    table = inputs.sources
    for source, datasets, country in zip(table["source_id"], table["datasets"], table["country"], strict=True):
        yield source, names_in(datasets), tuple(sorted({country, *names_in(claimed.get(source, country))}))


def _sources(inputs: Inputs, sources: list[str], published: Mapping[str, str]) -> pd.DataFrame:
    rows: pd.DataFrame = inputs.sources[inputs.sources["source_id"].isin(sources)].reset_index(drop=True)
    return rows.assign(published_as=[published.get(name, "") for name in rows["source_id"]])


def _attribution(attribution: pd.DataFrame, sources: list[str], published: Mapping[str, str]) -> pd.DataFrame:
    source_of = {published[name]: name for name in sources if name in published}
    rows: pd.DataFrame = attribution[attribution["contributor_id"].isin(source_of)].reset_index(drop=True)
    return rows.assign(source_id=rows["contributor_id"].map(source_of))
