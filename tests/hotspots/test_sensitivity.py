from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.fields.report_tables import SENSITIVITY
from hotspots.progress import Silent
from hotspots.result import Assessment
from hotspots.sensitivity import (
    Board,
    Ranking,
    board_of,
    coarser,
    finer,
    overlap,
    ranked_by,
    ranking,
    sensitivity,
    sentence,
)
from tests import small_region
from tests.miniature import GRID


def ranked(*labels: int, rank: tuple[int, ...] = (0, 1, 2)) -> Ranking:
    return Ranking(np.array([labels], dtype=np.int32), np.array(rank))


def board() -> Board:
    """The miniature's 6 × 8 cells with one person each and one dimension that grows eastward; one cell not assessed."""
    people = np.ones(GRID.shape)
    people[0, 7] = np.nan
    percentile = np.broadcast_to(np.arange(8.0), GRID.shape)
    return Board(
        GRID,
        people,
        {"air": np.where(np.isnan(people), np.nan, percentile)},
        None,
        None,
        None,
    )


def test_overlap_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first hotspot counts. It has cells 0, 1 and 2 with 10, 20 and 30 people; in the case 1, 2 and 3 (40).

    By people (20 + 30) / (10 + 20 + 30 + 40) = 0.5, by area of 1, 1, 1 and 2 km² 2 / 5; 50 of 60 people are held.
    """
    monkeypatch.setattr("hotspots.sensitivity.TOP", 1)
    people, area = np.array([[10.0, 20, 30, 40, np.nan]]), np.array([[1.0, 1, 1, 2, 1]])
    published, other = ranked(1, 1, 1, 2, 0), ranked(2, 1, 1, 1, 0)
    found = overlap(published, other, people, area)
    assert (found["hotspots"], found["top"], found["kept"]) == (2, 1, 1)
    assert found["overlap_people"] == pytest.approx(0.5)
    assert found["overlap_area"] == pytest.approx(0.4)
    # Less than half of its people: not kept.
    assert overlap(published, ranked(1, 2, 2, 1, 0), people, area)["kept"] == 0


def test_rank_correlation_by_hand() -> None:
    """Hotspots 1, 2, 3 have the ranks 1, 2, 3, and in the case 2, 1, 3: 1 - 6 · (1 + 1 + 0) / (3 · 8) = 0.5."""
    people, area = np.ones((1, 4)), np.ones((1, 4))
    published = ranked(1, 2, 3, 0, rank=(0, 1, 2, 3))
    found = overlap(published, ranked(1, 2, 3, 0, rank=(0, 2, 1, 3)), people, area)
    assert found["rank_correlation"] == pytest.approx(0.5)
    assert overlap(published, published, people, area)["rank_correlation"] == pytest.approx(1.0)
    # Two that are held have no correlation worth a number.
    assert overlap(published, ranked(1, 2, 0, 0, rank=(0, 1, 2)), people, area)["rank_correlation"] is None


def test_rules_rank_by_what_they_say() -> None:
    """Two hotspots: people above a standard 2 and 3 of 4 and 4; of the first the ecological exposure is larger."""
    exceeds = np.zeros(GRID.shape, dtype=bool)
    exceeds[0, [0, 1]] = exceeds[5, [4, 5, 6]] = True
    labels = np.zeros(GRID.shape, dtype=np.int32)
    labels[0, :4], labels[5, 4:] = 1, 2
    ecological = np.where(labels == 1, 2.0, 1.0)
    found = replace(board(), exceeds=exceeds, ecological=ecological)
    priority = np.where(labels == 1, 50.0, 25.0)
    assert ranked_by(found, priority, labels, "people_above_standard").tolist() == [2, 3]
    assert ranked_by(found, priority, labels, "priority_people").tolist() == [2, 1]
    assert ranked_by(found, priority, labels, "severity").tolist() == [50, 25]
    first, second = ranked_by(found, priority, labels, "ecological")
    assert first / second == pytest.approx(2.0, rel=1e-3)


def test_nothing_in_either_has_no_overlap() -> None:
    none = ranked(0, 0, rank=(0,))
    found = overlap(none, none, np.ones((1, 2)), np.ones((1, 2)))
    assert (found["overlap_people"], found["kept"], found["hotspots"]) == (None, 0, 0)


def test_coarser_cells_keep_people_and_average_the_rest() -> None:
    fields = {"air": np.where(np.isnan(board().people), np.nan, np.arange(48.0).reshape(6, 8))}
    found = coarser(board(), fields, 0.0)
    assert found.grid.shape == (3, 4)
    assert found.grid.bounds == pytest.approx(GRID.bounds)
    assert np.nansum(found.people) == 47
    # The first block holds 0, 1, 8 and 9; the last of the first row 6, 14 and 15, a fourth is not assessed.
    # Of 47 people those at 4.5 or less are 4, those at 35/3 or less the 15 of the first row's blocks.
    assert found.people[0, 3] == 3
    assert found.percentiles["air"][0, 0] == pytest.approx(100 * 4 / 47)
    assert found.percentiles["air"][0, 3] == pytest.approx(100 * 15 / 47)


def test_an_odd_number_of_rows_loses_nobody() -> None:
    odd = replace(
        board(),
        grid=GRID.window(slice(0, 5), slice(0, 7)),
        people=np.ones((5, 7)),
        percentiles={"air": np.ones((5, 7))},
    )
    found = coarser(odd, {"air": np.ones((5, 7))}, 0.0)
    assert found.people.tolist() == [[4, 4, 4, 2], [4, 4, 4, 2], [2, 2, 2, 1]]


def test_finer_cells_keep_people_and_everything_else() -> None:
    found = finer(board())
    assert found.grid.shape == (12, 16)
    assert found.grid.bounds == pytest.approx(GRID.bounds)
    assert np.nansum(found.people) == pytest.approx(47)
    np.testing.assert_array_equal(found.percentiles["air"][3, :4], [0, 0, 1, 1])


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    with threads(2) as executor:
        return assess(small_region.inputs(), small_region.METHOD, None, executor, Silent())


def test_every_choice_has_a_row(assessed: Assessment) -> None:
    table = assessed.sensitivity
    assert list(table.columns) == [field.name for field in SENSITIVITY.fields]
    assert table[["case", "changed"]].apply(tuple, axis=1).tolist() == [
        ("cell size", "half"),
        ("cell size", "double"),
        ("Gi* radius", "1500 m"),
        ("Gi* radius", "6000 m"),
        ("ranking rule", "severity"),
        ("dimensions", "without air"),
        ("dimensions", "without land"),
    ]
    count = int((assessed.hotspots["dimension"] == "all").sum())
    assert (table["top"] == min(count, 10)).all()
    assert table["overlap_people"].between(0, 1).all()
    # Another rule ranks the same hotspots: among fewer than ten all are still among the first ten.
    rule = table[table["case"] == "ranking rule"].iloc[0]
    assert (rule["kept"], rule["overlap_people"], rule["overlap_area"]) == (count, 1.0, 1.0)


def test_with_the_published_choices_the_published_hotspots_come_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way to the hotspots is the same as the long one."""
    given: list[tuple[object, ...]] = []

    def recorded(*arguments: object) -> pd.DataFrame:
        given.append(arguments)
        return sensitivity(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("hotspots.assessment.sensitivity", recorded)
    lenient = replace(small_region.METHOD.hotspots, gi_radius_m=1_500.0, significance=0.999)
    with threads(2) as executor:
        chosen = replace(small_region.METHOD, hotspots=lenient)
        assessed = assess(small_region.inputs(), chosen, None, executor, Silent())
    ((inputs, method, _, evidence, ecological),) = given
    published = board_of(inputs, evidence, ecological)
    found = ranking(published, method)
    combined = assessed.hotspots[assessed.hotspots["dimension"] == "all"].sort_values("rank")
    assert len(combined) > 1
    people = np.bincount(found.rank[found.labels].ravel(), np.nan_to_num(published.people).ravel())[1:]
    np.testing.assert_allclose(people, combined["people"], rtol=1e-12)


def test_the_sentence_names_the_choice_that_moves_most() -> None:
    columns = [field.name for field in SENSITIVITY.fields]
    rows = [("Gi* radius", "5000 m", "2500 m", 12, 10, 9, 0.9, 0.9, 0.9)]
    rows += [("dimensions", "air, land", "without air", 12, 10, 4, 0.3, 0.3, 0.3)]
    assert sentence(pd.DataFrame(rows, columns=columns)) == (
        "Of the first 10 hotspots 4 to 9 stay among the first where one choice of the method is another one, fewest "
        "with dimensions: without air (published: air, land); see report/sensitivity.csv."
    )
    all_kept = [("Gi* radius", "5000 m", "2500 m", 3, 3, 3, 0.9, 0.9, 0.9)]
    assert sentence(pd.DataFrame(all_kept, columns=columns)) == (
        "All of the first 3 hotspots stay among the first under every other choice of the method that "
        "report/sensitivity.csv lists."
    )
    assert sentence(pd.DataFrame([], columns=columns)) == ""
