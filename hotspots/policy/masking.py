"""Contributors whose identity the policy keeps back: what they cause stays, as one sum without names."""

from __future__ import annotations

import json
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.contributor_names import WITHHELD, WITHHELD_NAME
from hotspots.inventory import ALL as ALL_SECTORS
from hotspots.policy.permitted import MIN_SOURCES

_NAMELESS = {"contributor_id": WITHHELD, "contributor_kind": "source", "contributor_name": WITHHELD_NAME, "sector": ""}


def masked(table: pd.DataFrame, closed: frozenset[str], within: Sequence[str]) -> pd.DataFrame:
    """``table`` with the rows of the contributors ``closed`` as one nameless sum for each value of ``within``.

    Its numbers are exposure and share, and nothing else differs between rows of one contributor.
    """
    hidden = table["contributor_id"].isin(closed)
    if not hidden.any():
        return table
    summed = table[hidden].groupby(list(within), as_index=False)[["exposure", "share"]].sum().assign(**_NAMELESS)
    whole = pd.concat([table[~hidden], summed], ignore_index=True)[list(table.columns)]
    return whole.sort_values([*within, "contributor_id"], ignore_index=True)


def masked_ranking(table: pd.DataFrame, closed: frozenset[str]) -> pd.DataFrame:
    """A ranking of contributors within hotspot and dimension, masked and ranked anew; `others` stay last."""
    if not table["contributor_id"].isin(closed).any():
        return table
    found = masked(table.drop(columns="rank"), closed, ["hotspot_id", "dimension"])
    found = found.assign(last=found["contributor_kind"] == "others")
    order = ["hotspot_id", "dimension", "last", "exposure", "contributor_id"]
    found = found.sort_values(order, ascending=[True, True, True, False, True], ignore_index=True)
    found["rank"] = found.groupby(["hotspot_id", "dimension"]).cumcount() + 1
    return found[list(table.columns)]


def masked_hotspots(hotspots: gpd.GeoDataFrame, sources: pd.DataFrame, closed: frozenset[str]) -> gpd.GeoDataFrame:
    """Hotspots that name none of the ``closed`` sources among their contributors.

    A name that a closed source shares with an open one is kept back too.
    """
    if not closed:
        return hotspots
    names = set(sources.loc[sources["source_id"].isin(closed), "name"])
    lead = hotspots["top_source"]
    return hotspots.assign(
        top_source=lead.where(~lead.isin(names), WITHHELD_NAME),
        top_sources=[_masked_json(text, closed, ("share", "exposure")) for text in hotspots["top_sources"]],
    )


def masked_mouths(mouths: gpd.GeoDataFrame | None, closed: frozenset[str]) -> gpd.GeoDataFrame | None:
    """River mouths that name none of the ``closed`` sources among those that bring their plastic."""
    if mouths is None or not closed:
        return mouths
    return mouths.assign(top_sources=[_masked_json(text, closed, ("share", "t_yr")) for text in mouths["top_sources"]])


def masked_coverage(
    coverage: pd.DataFrame, sources: pd.DataFrame, releases: pd.DataFrame, closed: frozenset[str]
) -> pd.DataFrame:
    """The table of coverage without the sums over fewer than MIN_SOURCES ``closed`` sources, which tell their releases.

    A row without its listed figures hides its sector; the row over all sectors goes too where its difference to the
    others is such a sum.
    """
    own = sources.loc[sources["source_id"].isin(closed) & ~sources["transboundary"].astype(bool)]
    own = releases.merge(own[["source_id", "sector"]], on="source_id")
    count = own.groupby(["pollutant", "medium", "sector"])["source_id"].nunique()
    small = count[count < MIN_SOURCES]
    hidden = set(small.index)
    # What all rows hide together is the difference between their sum and the row over all sectors.
    together = small.groupby(level=["pollutant", "medium"]).sum()
    hidden |= {(*key, ALL_SECTORS) for key in together[together < MIN_SOURCES].index}
    rows = [key in hidden for key in zip(coverage["pollutant"], coverage["medium"], coverage["sector"], strict=True)]
    figures = [name for name in coverage if str(name).startswith(("listed_", "share_"))]
    masked_table = coverage.copy()
    masked_table.loc[rows, figures] = np.nan
    return masked_table


def _masked_json(text: str, closed: frozenset[str], numbers: Sequence[str]) -> str:
    """The list of contributors in the column ``top_sources``: what is hidden becomes one sum for each dimension.

    ``numbers`` are what is summed.
    """
    kept: list[dict[str, object]] = []
    sums: dict[object, dict[str, object]] = {}
    for item in json.loads(text):
        if item["id"] not in closed:
            kept.append(item)
            continue
        known = {"id": WITHHELD, "name": WITHHELD_NAME, "kind": "source", "sector": ""}
        nameless = {**item, **known, **dict.fromkeys(numbers, 0.0)}
        total = sums.setdefault(item["dimension"], nameless)
        for number in numbers:
            total[number] += item[number]
    return json.dumps([*kept, *sums.values()], ensure_ascii=False)
