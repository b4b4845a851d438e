"""Quality grades A (best) to E, and how far apart in time the inputs behind a figure are."""

from __future__ import annotations

from collections.abc import Iterable

from hotspots.inputs import Inputs
from hotspots.schemas import QUALITY_GRADES

MAX_YEARS_APART = 5


def worst(grades: Iterable[str]) -> str:
    """The lowest of ``grades``.

    Raises
    ------
    ValueError
        If there is none, or one that is no grade.
    """
    return QUALITY_GRADES[max(QUALITY_GRADES.index(grade) for grade in grades)]


def lowered(grade: str, inputs: Inputs) -> str:
    """``grade``, one lower where the inputs are more than `MAX_YEARS_APART` years apart; E stays E."""
    return QUALITY_GRADES[min(QUALITY_GRADES.index(grade) + far_apart(inputs), len(QUALITY_GRADES) - 1)]


def far_apart(inputs: Inputs) -> bool:
    """Whether the inputs are more than `MAX_YEARS_APART` years apart."""
    first, last = years(inputs)
    return last - first > MAX_YEARS_APART


def years(inputs: Inputs) -> tuple[int, int]:
    """First and last year of what figures are computed from: people, releases, winds, ambient totals, datasets."""
    known = {inputs.people_year, *(background.year for background in inputs.region.backgrounds)}
    known |= {field.year for field in inputs.ambient}
    known |= {characteristic.year for characteristic in inputs.characteristics}
    known |= {dataset.year for dataset in inputs.datasets if dataset.year is not None}
    known |= {int(year) for year in inputs.releases["year"].dropna().unique()}
    if inputs.wind is not None:
        known |= set(inputs.wind.years)
    return min(known), max(known)
