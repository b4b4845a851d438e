"""The attribution matrix: who causes how much of the exposure of each hotspot, each unit and the whole region."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hotspots.contributor_names import OUTSIDE, OUTSIDE_WORDS, AreaKind, area_id, area_name, kind_of, sector_of
from hotspots.fields.report_tables import ATTRIBUTION
from hotspots.inputs import Inputs
from hotspots.receptors import Detail

KEYS = ["receptor_kind", "receptor_id", "dimension"]


def attribution_matrix(inputs: Inputs, detail: Detail, hotspot_ids: Mapping[int, str]) -> pd.DataFrame:
    """The matrix in long form, in the columns of the field registry: what is 0 has no row.

    The exposures of one receptor and dimension sum to its modelled exposure, the shares to 1.

    Parameters
    ----------
    hotspot_ids:
        The id of each hotspot by its number in ``detail``.
    """
    units = inputs.units["unit_id"].to_numpy(dtype=object)
    parts = [
        detail.hotspots.assign(receptor_kind="hotspot", receptor_id=detail.hotspots["hotspot"].map(dict(hotspot_ids))),
        detail.units.assign(receptor_kind="unit", receptor_id=units[detail.units["unit"].to_numpy(dtype=int)]),
        detail.everyone.assign(receptor_kind="region", receptor_id=inputs.region.id),
    ]
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["exposure"] / table.groupby(KEYS)["exposure"].transform("sum")
    named = _contributors(inputs).reindex(table["contributor_id"])
    table = table.assign(**{name: named[name].to_numpy() for name in named.columns})
    columns = [field.name for field in ATTRIBUTION.fields]
    return table[columns].sort_values([*KEYS, "contributor_id", "pollutant"], ignore_index=True)


def _contributors(inputs: Inputs) -> pd.DataFrame:
    """contributor_kind, contributor_name and sector by contributor_id of everything that can be one."""
    sources = inputs.sources.set_index("source_id")[["name", "sector"]]
    listed = sources.rename(columns={"name": "contributor_name"}).assign(contributor_kind="source")
    released: list[tuple[AreaKind, str]] = [("municipal", factor.sector) for factor in inputs.municipal]
    released += [("gridded", item.sector) for item in inputs.gridded]
    groups = {group: group for group in sorted(set(inputs.units["group"].astype(str)))}
    groups[OUTSIDE] = OUTSIDE_WORDS
    names = {
        area_id(kind, group, sector): area_name(kind, inputs.sectors[sector], place)
        for group, place in groups.items()
        for kind, sector in sorted(set(released))
    }
    areas = pd.DataFrame(
        {
            "contributor_name": list(names.values()),
            "sector": [sector_of(name) for name in names],
            "contributor_kind": [kind_of(name) for name in names],
        },
        index=list(names),
    )
    return pd.concat([pd.DataFrame(listed), areas])
