"""Which tags sources and hotspots carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.attribution import Attribution
from hotspots.inputs import Inputs
from hotspots.tags import LEADING_SHARE, joined

Tagged = Mapping[str, frozenset[str]]


def source_tags(inputs: Inputs) -> dict[str, frozenset[str]]:
    """The tags of each source by its id: of all it releases more than nothing of, and of its sector.

    What is made from a release counts, too: a source of NOx carries the tags of NO2.
    """
    released = inputs.releases[inputs.releases["release_kg_yr"] > 0]
    by_pollutant = _pollutant_tags(inputs)
    of_releases = released["pollutant"].map(by_pollutant).groupby(released["source_id"]).agg(_union)
    sectors = inputs.sources.set_index("source_id")["sector"]
    return {
        str(source): inputs.sectors[sector].tag_ids | of_releases.get(source, frozenset())
        for source, sector in sectors.items()
    }


def hotspot_tags(
    inputs: Inputs, attribution: Attribution, numbers: npt.NDArray[np.int64], dimensions: Iterable[str]
) -> list[str]:
    """The tags of the hotspots ``numbers`` as text.

    A hotspot carries the tags of every pollutant and of every contributor (a source with all it releases, or the
    sector of municipal or gridded releases) that causes at least LEADING_SHARE of its exposure in one of
    ``dimensions``.
    """
    detail = attribution.detail.hotspots
    mine = detail[detail["hotspot"].isin(numbers) & detail["dimension"].isin(list(dimensions))]
    contributors = attribution.contributions.drop_duplicates("contributor_id").set_index("contributor_id")
    areas = contributors[contributors["contributor_kind"] != "source"]["sector"]
    of_contributors = source_tags(inputs) | {str(i): inputs.sectors[name].tag_ids for i, name in areas.items()}
    found = pd.concat(
        [_leading(mine, "pollutant", _pollutant_tags(inputs)), _leading(mine, "contributor_id", of_contributors)]
    )
    carried = found.groupby(level=0).agg(_union) if len(found) else found
    return [joined(carried.get(number, frozenset())) for number in numbers]


def _leading(detail: pd.DataFrame, key: str, tags: Tagged) -> pd.Series:
    """The tags of what leads, one entry (index: hotspot) a leading ``key`` and dimension."""
    exposure = detail.groupby(["hotspot", "dimension", key])["exposure"].sum()
    total = exposure.groupby(["hotspot", "dimension"]).transform("sum")
    leading = exposure[exposure >= LEADING_SHARE * total].reset_index()
    carried = [tags.get(name, frozenset()) for name in leading[key]]
    return pd.Series(carried, index=leading["hotspot"], dtype=object)


def _pollutant_tags(inputs: Inputs) -> dict[str, frozenset[str]]:
    """Tags by the pollutant that is emitted."""
    found: dict[str, frozenset[str]] = {}
    for pollutant in inputs.pollutants.values():
        emitted = pollutant.emitted_as
        found[emitted] = found.get(emitted, frozenset()) | pollutant.tags.ids
    return found


def _union(tags: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*tags)
