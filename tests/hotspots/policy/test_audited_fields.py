"""Every published field that people have a part in is compared with merged counts, or listed with a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.errors import PolicyError
from hotspots.fields import Field
from hotspots.policy import Publishable
from hotspots.policy.disclosure_audit import audit
from hotspots.policy.linear_figures import PublishedFigures
from hotspots.policy.not_compared import not_compared
from hotspots.policy.protected_counts import protect
from hotspots.policy.published_sums import figures
from tests import small_region
from tests.hotspots.policy.test_disclosure_audit import RULE, Prepared, generated, prepared


@pytest.fixture(scope="module")
def made() -> Prepared:
    """With a background in air, so that people above standards are told."""
    region = small_region.inputs(background_pm25_ug_m3=20.0).region
    return prepared(replace(generated(), region=region))


def tables(ready: Publishable) -> dict[str, pd.DataFrame]:
    """All that is published by the names of the registry, in an order that people have no part in."""
    found = {"rasters": pd.DataFrame({name: layer.to_numpy().ravel() for name, layer in ready.rasters.items()})}
    for name, layer in ready.vector_layers.items():
        found[name] = pd.DataFrame(ready.tables[name].drop(columns="geometry")).sort_values(layer.id_field)
    assessment = ready.assessment
    found |= {"attribution": ready.attribution, "contributions": ready.contributions, "standards": assessment.standards}
    return found | {"sensitivity": assessment.sensitivity, "coverage": assessment.coverage}


def test_what_changes_with_the_people_is_compared_or_has_a_reason(made: Prepared) -> None:
    """The same region with twice as many people in its west: each field that differs must be known to the audit."""
    ready, counts, fields = made
    found = audit(ready, counts, fields, ())
    known = set(found.compared) | set(found.not_compared)
    doubled = generated().people.copy()
    doubled[:, : doubled.shape[1] // 2] *= 2
    other = prepared(replace(generated(), people=doubled, region=counts.inputs.region))[0]
    changed = set()
    for name, table in tables(ready).items():
        again = tables(other)[name]
        # Words tell which rows there are, which may be others.
        for column in table.select_dtypes(["number", "boolean"]):
            if set(table[column].dropna()) != set(again[column].dropna()):
                changed.add(f"{name}.{column}")
    assert changed <= known
    assert {"rasters.people", "rasters.all_gi_z", "admin.people", "sources.people_near_1km"} <= changed


def test_the_figures_of_people_are_compared(made: Prepared) -> None:
    ready, counts, fields = made
    found = audit(ready, counts, fields, ())
    zones = ("people", "priority_people", "air_exposure", "land_exposure", "people_above_standard", "people_near_2km")
    for table in ("admin", "hotspots"):
        assert {f"{table}.{name}" for name in zones} <= set(found.compared)
    assert {"standards.people_above", "attribution.exposure", "sources.people_near_5km"} <= set(found.compared)
    assert {"totals.people", "totals.people_in_units", "admin.municipal_pm25_kg_yr"} <= set(found.compared)
    assert [form.of_their_own for form in found.forms] == [0]


@pytest.mark.parametrize(
    "field", ["people_near_1km", "priority_people", "municipal_pm25_kg_yr", "burden", "land_percentile"]
)
def test_a_column_made_from_the_counts_themselves_is_an_equation_of_its_own(made: Prepared, field: str) -> None:
    """The western unit's figure, one person's worth off what the merged counts give."""
    ready, counts, fields = made
    units = ready.assessment.units.copy()
    units.loc[0, field] *= 1 + 1 / units.loc[0, "people"]
    leaking = replace(ready, assessment=replace(ready.assessment, units=units))
    (people,) = counts.counted
    assert figures(PublishedFigures(ready, counts, fields), counts, people, ()).of_their_own == 0
    assert figures(PublishedFigures(leaking, counts, fields), counts, people, ()).of_their_own == 1


def test_a_field_of_people_that_nobody_has_a_rule_for_is_refused(made: Prepared) -> None:
    ready, counts, fields = made
    known = audit(ready, counts, fields, ()).compared
    layer = ready.vector_layers["admin"]
    new = Field("people_by_rail", "People by rail", "People near a station.", "number", "people", "extensive", "count")
    layers = {**ready.vector_layers, "admin": replace(layer, fields=(*layer.fields, new))}
    tables = {**ready.tables, "admin": ready.tables["admin"].assign(people_by_rail=1.0)}
    with pytest.raises(PolicyError, match=r"admin\.people_by_rail: it counts people, and no rule"):
        not_compared(replace(ready, tables=tables, vector_layers=layers), known, people_confidential=True)


def test_where_in_its_block_people_live_changes_nothing_that_is_computed_with() -> None:
    """Every block of several cells with its people the other way round: the same inputs, to the last bit."""
    inputs = generated()
    counts = protect(inputs, RULE)
    assert counts.blocks is not None
    people = inputs.people.copy()
    at = np.arange(len(counts.row))
    order = np.lexsort((at, counts.blocks))
    turned = np.lexsort((-at, counts.blocks))
    people[counts.row[order], counts.col[order]] = inputs.people[counts.row[turned], counts.col[turned]]
    assert (people != inputs.people)[counts.row, counts.col].sum() > 1000
    again = protect(replace(inputs, people=people), RULE)
    assert again.inputs.people.tobytes() == counts.inputs.people.tobytes()
    assert again.inputs.applied == counts.inputs.applied
    assert again.inputs.merged == counts.inputs.merged
