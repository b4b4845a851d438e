"""The published fields made of people that are no sums an attacker can weigh, and why they tell no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

import pandas as pd

from hotspots.errors import PolicyError
from hotspots.fields.report_tables import ATTRIBUTION, REPORT_TABLES
from hotspots.fields.shared_fields import PEOPLE_GROUPS
from hotspots.policy.publishable import Publishable

SCORE = "a score, a rank, a share or a label: no sum of people, and computed from merged counts alone"
RELEASED = "what people release, carried on by a published model from merged counts alone"
PART = "a part of a figure that is compared: of merged counts, by a model and releases that are published"
UPSTREAM = "a sum of merged counts over the cells that drain to a mouth"
PUBLIC = "of people who are public: only groups of them are confidential"
SERVED = "as in the dataset of the intakes, which counts no people by place"

REASONS: Mapping[str, str] = {
    "rasters.priority": SCORE,
    "rasters.burden": SCORE,
    "rasters.vulnerability": SCORE,
    "rasters.*_gi_*": SCORE,
    "rasters.*_pressure": RELEASED,
    "rasters.*_increment_ug_m3": RELEASED,
    "rasters.*_ambient_ug_m3": RELEASED,
    "rasters.*_mg_l": RELEASED,
    "rasters.sea_plastic_kg_km2_yr": RELEASED,
    "rasters.air_above_stacks": RELEASED,
    "rasters.ecological_exposure": RELEASED,
    "*.rank": SCORE,
    "*.rank_low": SCORE,
    "*.rank_high": SCORE,
    "*.p_top10": SCORE,
    "*.p_top10pct": SCORE,
    "*.share": SCORE,
    "admin.hotspot_count": SCORE,
    "*.vulnerability_*": SCORE,
    "*.air_outside_validity_share": SCORE,
    "hotspots.*": SCORE,
    "sources.*_exposure_removed": PART,
    "contributions.*": PART,
    "protected.*": RELEASED,
    "observations.*": RELEASED,
    "river_mouths.people_upstream": UPSTREAM,
    "river_mouths.*": RELEASED,
    "water_balance.*": RELEASED,
    "coverage.*": RELEASED,
    "evaluation.*": RELEASED,
    "intakes.people_served": SERVED,
    "intakes.*": RELEASED,
    "standards.share_above": SCORE,
    "sensitivity.*": SCORE,
}
"""By the name of the field, or a pattern of names; of several the first counts."""
GROUPS = {f"{table}.{field}" for table in ("admin", "hotspots") for field in PEOPLE_GROUPS.values()}


def not_compared(ready: Publishable, compared: Collection[str], people_confidential: bool) -> Mapping[str, str]:
    """Why each published field that may be made of people, and is not among the ``compared``, tells no more.

    Raises
    ------
    PolicyError
        If a field counts people and is in no rule: whoever adds one says how it is audited.
    """
    found = {}
    for field, unit in published_fields(ready).items():
        if field in compared:
            continue
        reason = next((text for pattern, text in REASONS.items() if fnmatchcase(field, pattern)), None)
        if reason is not None:
            found[field] = reason
        elif _counts_people(unit) and not people_confidential and field not in GROUPS:
            found[field] = PUBLIC
        elif _counts_people(unit):
            raise PolicyError(
                "it counts people, and no rule says how it is audited.",
                source="small counts",
                field=field,
                remedy="Compare it in hotspots/policy/linear_figures.py, or say in not_compared.py why not.",
            )
    return found


def published_fields(ready: Publishable) -> dict[str, str]:
    """Every field that an edition may have values of, as ``table.column`` or ``rasters.name``, with its unit."""
    found = {f"rasters.{name}": layer.unit for name, layer in ready.raster_layers.items()}
    for name, table in ready.tables.items():
        fields = ready.vector_layers[name].fields
        told = [field for field in fields if field.name in table and table[field.name].notna().any()]
        found |= {f"{name}.{field.name}": field.unit or "" for field in told}
    for report in REPORT_TABLES:
        if not _report(ready, report.name).empty:
            found |= {f"{report.name}.{field.name}": field.unit or "" for field in report.fields}
    # The summary of the attribution has columns of the whole.
    units = {field.name: field.unit or "" for field in ATTRIBUTION.fields}
    return found | {f"contributions.{name}": units.get(str(name), "") for name in ready.contributions}


def _report(ready: Publishable, name: str) -> pd.DataFrame:
    """A table that stands beside the layers."""
    assessment = ready.assessment
    tables = {
        "attribution": ready.attribution,
        "sensitivity": assessment.sensitivity,
        "standards": assessment.standards,
        "evaluation": pd.DataFrame(assessment.evaluations),
        "water_balance": assessment.water_balance,
        "intakes": ready.intakes,
        "coverage": assessment.coverage,
    }
    return tables[name]


def _counts_people(unit: str) -> bool:
    return unit.startswith(("people", "person"))
