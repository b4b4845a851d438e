"""The audit of whole editions: a generated region with 1 000 small counts, Jamaica with a confidential census."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from shapely.geometry import box

from hotspots.assessment import conclude, unit_cells
from hotspots.blocks import threads
from hotspots.errors import DisclosureError, PolicyError
from hotspots.inputs import Characteristic, Inputs
from hotspots.method import Method
from hotspots.policy import Publishable, publishable
from hotspots.policy.disclosure_audit import audit, disclosed
from hotspots.policy.earlier_figures import EarlierEdition
from hotspots.policy.protected_counts import ProtectedCounts, protect
from hotspots.policy.small_counts import CountRule
from hotspots.pressures import Pressures, compute
from hotspots.progress import Silent
from tests import miniature, small_region

RULE = CountRule(10, 10)
SMALL = 1000


def few_draws(method: Method) -> Method:
    return replace(method, uncertainty=replace(method.uncertainty, draws=5))


@cache
def generated() -> Inputs:
    """The small region: 1 000 cells of 1 to 9 people among others of 10 to 400, and two towns, all confidential.

    The border between its units runs along cells and cuts blocks of two columns.
    """
    inputs = small_region.inputs()
    west, south, east, north = small_region.CORE.bounds
    border = west + 31 * small_region.CORE.cell_width
    halves = [box(west, south, border, north), box(border, south, east, north)]
    rng = np.random.default_rng(7)
    people = inputs.people.copy()
    row, col = np.nonzero(people == 2.0)
    people[row, col] = rng.integers(10, 400, len(row))
    chosen = rng.choice(len(row), SMALL, replace=False)
    people[row[chosen], col[chosen]] = rng.integers(1, 10, SMALL)
    datasets = tuple(
        replace(item, provides="population", confidential_counts=True) if item.id == "census" else item
        for item in inputs.datasets
    )
    return replace(inputs, people=people, datasets=datasets, units=inputs.units.set_geometry(halves, crs="OGC:CRS84"))


Prepared = tuple[Publishable, ProtectedCounts, Pressures]


def prepared(inputs: Inputs, complementary: bool = True) -> Prepared:
    counts, method = protect(inputs, RULE, complementary), few_draws(small_region.METHOD)
    with threads() as executor:
        fields = compute(counts.inputs, method, executor, Silent())
        found = conclude(counts.inputs, method, fields, None, executor, Silent())
    return publishable(found, miniature.POLICY), counts, fields


@cache
def edition() -> Prepared:
    return prepared(generated())


def as_earlier(made: Prepared, block: bool = True) -> EarlierEdition:
    ready = made[0]
    disclosure = disclosed(*made, ()).disclosure
    assert disclosure is not None
    return EarlierEdition(
        "before",
        ready.grid,
        ready.assessment.layers["people"].to_numpy().astype(np.float32).astype(np.float64),
        None if not block or disclosure.block is None else disclosure.block.astype(np.int64),
        ready.assessment.units,
        disclosure.audit.pools,
    )


def test_people_are_kept_and_none_is_invented_where_nobody_is_known() -> None:
    raw, counts = generated(), edition()[1]
    merged = counts.inputs.people
    assert np.nansum(merged) == pytest.approx(np.nansum(raw.people), rel=1e-12)
    assert (np.isnan(merged) == np.isnan(raw.people)).all()
    assert counts.blocks is not None
    of_block = np.bincount(counts.blocks, merged[counts.row, counts.col])
    assert of_block.min() >= RULE.threshold
    town = raw.people == 4000.0
    assert (merged[town] == 4000.0).any()


def test_nothing_is_changed_where_nothing_is_confidential() -> None:
    inputs = small_region.inputs()
    counts = protect(inputs, RULE)
    assert counts.counted == ()
    assert counts.inputs.people is inputs.people


def test_a_thousand_small_counts_keep_their_interval() -> None:
    ready, counts, fields = edition()
    (people,) = disclosed(ready, counts, fields, ()).disclosure.audit.forms  # type: ignore[union-attr]
    assert (people.form, people.small_counts, people.too_narrow) == ("people", SMALL, 0)
    assert people.narrowest_interval is not None
    assert people.narrowest_interval >= RULE.interval_width
    # Every raster, unit and hotspot figure that is compared is a sum of blocks.
    assert people.compared > 2 * len(counts.row)
    assert people.of_their_own == 0


def test_without_complementary_protection_the_audit_fails() -> None:
    ready, counts, fields = prepared(generated(), complementary=False)
    (people,) = audit(ready, counts, fields, ()).forms
    assert people.too_narrow > SMALL / 3
    with pytest.raises(DisclosureError, match="published figures would tell") as caught:
        disclosed(ready, counts, fields, ())
    assert caught.value.exit_code == PolicyError.exit_code


def test_a_table_made_from_the_counts_themselves_is_found() -> None:
    """The eastern unit's own people: its border cuts blocks, so the sum tells what part of them lies where."""
    ready, counts, fields = edition()
    true = unit_cells(counts.inputs).coverage.sum(generated().people)
    assert not np.allclose(true, ready.assessment.units["people"], rtol=1e-9)
    units = ready.assessment.units.assign(people=true)
    leaking = replace(ready, assessment=replace(ready.assessment, units=units))
    (people,) = audit(leaking, counts, fields, ()).forms
    assert people.of_their_own > 0


def test_a_raster_made_from_the_counts_themselves_is_refused() -> None:
    ready, counts, fields = edition()
    layers = ready.assessment.layers.copy()
    rows, cols = (slice(0, size) for size in ready.grid.shape)
    pressure = layers["air_pressure"].to_numpy()
    raw = generated().people[small_region.INSIDE][rows, cols]
    layers["air_exposure"] = layers["air_exposure"].copy(data=raw * pressure)
    leaking = replace(ready, assessment=replace(ready.assessment, layers=layers))
    with pytest.raises(DisclosureError):
        disclosed(leaking, counts, fields, ())


def test_the_same_edition_again_and_new_counts_pass() -> None:
    ready, counts, fields = edition()
    before = as_earlier((ready, counts, fields))
    (same,) = audit(ready, counts, fields, [before]).forms
    assert (same.too_narrow, same.changed) == (0, 0)
    assert same.earlier > 0
    grown = replace(before, people=before.people * 1.5)
    (new,) = audit(ready, counts, fields, [grown]).forms
    assert new.too_narrow == 0
    assert new.changed > 0


def test_an_edition_before_that_showed_cells_by_themselves_is_found() -> None:
    ready, counts, fields = edition()
    open_before = replace(
        as_earlier((ready, counts, fields)),
        people=generated().people[small_region.INSIDE].astype(np.float32),
        block=None,
    )
    with pytest.raises(DisclosureError, match="together with 1 earlier edition"):
        disclosed(ready, counts, fields, [open_before])


def regrouped(before: EarlierEdition, told: slice) -> EarlierEdition:
    """``before`` where of one block of 2 × 2, whose first cell alone is small, it was the sum of some that was told."""
    assert before.block is not None
    raw = generated().people[small_region.INSIDE]
    block, people = before.block.ravel(), before.people.ravel().copy()
    members = next(
        cells
        for cells in (np.flatnonzero(block == number) for number in np.unique(block[block > 0]))
        if len(cells) == 4 and raw.ravel()[cells[0]] < 10 <= raw.ravel()[cells[1:]].min()
    )
    people[members] = np.nan
    people[members[told]] = raw.ravel()[members[told]].mean()
    return replace(before, people=people.reshape(before.block.shape))


def test_an_edition_before_with_other_blocks_is_found() -> None:
    """The block told without its first cell, which is then the difference: 4 cells less 3."""
    ready, counts, fields = edition()
    without_first = regrouped(as_earlier(edition()), slice(1, 4))
    (found,) = audit(ready, counts, fields, [without_first]).forms
    assert found.too_narrow == 1


def test_editions_that_are_harmless_one_by_one_are_found_together() -> None:
    """The block of now is a + b + c + d, a is small. One edition told a + b + c, so d is known, which is not small.

    Another told b + c, so a + d is known, which leaves a open. Both together tell a.
    """
    ready, counts, fields = edition()
    three, two = (regrouped(as_earlier(edition()), told) for told in (slice(0, 3), slice(1, 3)))
    for editions, narrow in (([three], 0), ([two], 0), ([three, two], 1)):
        (found,) = audit(ready, counts, fields, editions).forms
        assert found.too_narrow == narrow


@pytest.mark.parametrize("growths", [(3.0,), (1.0, 2.0, 4.0)])
def test_places_shown_before_their_people_moved_keep_their_width(growths: tuple[float, ...]) -> None:
    """Every cell was told by itself with a few people more: a cell of 5 as 8. It has 8 less 3, ± 10, for all one knows.

    Nor do several such editions, each with another growth, close in on it from both sides.
    """
    ready, counts, fields = edition()
    people = generated().people[small_region.INSIDE]
    editions = [replace(as_earlier(edition()), people=people + growth, block=None) for growth in growths]
    (found,) = audit(ready, counts, fields, editions).forms
    assert (found.too_narrow, found.of_their_own) == (0, 0)
    assert found.changed == found.earlier == len(growths) * len(counts.row)
    assert found.narrowest_interval is not None
    assert found.narrowest_interval >= RULE.interval_width


def test_small_groups_of_units_are_pooled_and_found_where_they_are_not() -> None:
    """West 7 poor of all its people, East many: both get the share of their sum."""
    inputs = small_region.inputs()
    everyone = unit_cells(inputs).coverage.sum(inputs.people)
    poor = Characteristic("poor", np.array([7 / everyone[0], 0.2]), "unit", 2020, confidential=True)
    inputs = replace(inputs, characteristics=(poor,), municipal=())
    ready, counts, fields = prepared(inputs)
    share = (7 + 0.2 * everyone[1]) / everyone.sum()
    assert counts.inputs.characteristics[0].values == pytest.approx([share, share])
    found = audit(ready, counts, fields, ())
    assert found.pools == (("W", "E"),)
    by_name = {form.form: form for form in found.forms}
    assert (by_name["poor"].small_counts, by_name["poor"].too_narrow) == (1, 0)
    assert by_name["not poor"].small_counts == 0
    bare = prepared(inputs, complementary=False)
    with pytest.raises(DisclosureError, match=r"1 of 1 small counts \(poor by unit\)"):
        disclosed(*bare, ())
    # The pools of now beside the shares of each unit before.
    before = replace(as_earlier((ready, counts, fields)), units=bare[0].assessment.units, pools=())
    with pytest.raises(DisclosureError, match="together with 1 earlier edition"):
        disclosed(ready, counts, fields, [before])


def test_groups_by_cell_are_merged_with_those_outside_them() -> None:
    """9 of every rural cell's 40 people are poor: so four cells are one figure."""
    inputs = small_region.inputs()
    people = np.where(inputs.people == 2.0, 40.0, inputs.people)
    share = np.where(np.isnan(people), np.nan, np.where(people == 40.0, 9 / 40, 0.5))
    poor = Characteristic("poor", share, "cell", 2020, confidential=True)
    inputs = replace(inputs, people=people, characteristics=(poor,), municipal=())
    ready, counts, fields = prepared(inputs)
    assert counts.inputs.people is inputs.people
    assert counts.blocks is not None
    sizes = np.bincount(counts.blocks)
    assert (sizes[counts.blocks][people[counts.row, counts.col] == 40.0] > 1).all()
    forms = {form.form: form for form in audit(ready, counts, fields, ()).forms}
    assert forms["poor"].small_counts > SMALL
    assert forms["poor"].too_narrow == forms["not poor"].too_narrow == 0


def test_a_region_of_a_few_people_is_refused_and_so_is_a_register_of_none() -> None:
    inputs = generated()
    few = np.where(np.isnan(inputs.people), np.nan, 0.0)
    few[inputs.people == 4000.0] = 0.1
    with pytest.raises(PolicyError, match="whole region has fewer than 10 people"):
        protect(replace(inputs, people=few), RULE)
    marked = tuple(replace(item, provides="facilities") for item in inputs.datasets)
    with pytest.raises(PolicyError, match=r"confidential_counts: .*counts no people"):
        protect(replace(inputs, datasets=marked), RULE)


@pytest.mark.parametrize("complementary", [True, False])
def test_jamaica_with_a_confidential_census(jamaica: Inputs, complementary: bool) -> None:
    ready, counts, fields = prepared(jamaica, complementary)
    forms = {form.form: form for form in audit(ready, counts, fields, ()).forms}
    assert forms["people"].small_counts > 100
    assert (forms["people"].too_narrow == 0) is complementary
    assert (forms["poor"].small_counts, forms["poor"].too_narrow) == (1, 0 if complementary else 1)
    assert counts.inputs.quality.datasets
    assert not any(i.detail for part in counts.inputs.quality.datasets if part.dataset == "census" for i in part.issues)
    assert not {"census", "groups"} & {part.dataset for part in counts.inputs.quality.profiles}
    # Blocks lie within parishes, so a parish's people are its census total still.
    census = unit_cells(jamaica).coverage.sum(jamaica.people)
    assert ready.assessment.units["people"].to_numpy() == pytest.approx(census, rel=1e-12)
