"""What is kept back, of what type, by whom and why, in a sentence (Kyiv Protocol, article 12, paragraph 3)."""

from __future__ import annotations

from hotspots.consent import ALL_LAYERS, Decision, Precision
from hotspots.policy.cells import COARSE_DEG

_BASES = {
    "sensitive": "the dataset is sensitive and no consent is recorded",
    "expired": "the consent has expired",
    "not_yet_valid": "the consent is not valid yet",
}
_POINTS = {
    "observations": {
        (Precision.GENERALISED, False): "Stations stand at the centre of their cell of {cell:g}°, without name or "
        "identifier, and do not judge the model.",
        (Precision.GENERALISED, True): "Stations stand at the centre of their cell of {cell:g}°, without name or "
        "identifier, and do not judge the model. Samples of soil are left out.",
        (Precision.AGGREGATED, False): "Values are means over three stations or more of an administrative unit, and do "
        "not judge the model. Other stations, and samples of soil, are left out.",
    },
    "intakes": {
        (Precision.GENERALISED, False): "Intakes are looked for in the river nearest the centre of their cell of "
        "{cell:g}°, without name or identifier.",
        (Precision.GENERALISED, True): "Intakes are left out: the river nearest the centre of a cell of {cell:g}° need "
        "not be theirs.",
    },
}
"""What becomes of points that are no sources, by what the dataset provides, precision and whether cells are coarse."""


def sentence(decision: Decision, title: str) -> str:
    """What of the dataset called ``title`` is published, and why no more; empty where all of it is."""
    if decision.precision is Precision.OPEN:
        return ""
    return f"{title} ({decision.country}): {decision.precision.value}, since {_why(decision)}"


def effect(decision: Decision, provides: str) -> str:
    """What the decision does to the figures of a dataset of what it ``provides``; empty where nothing is kept back."""
    if decision.precision is Precision.OPEN:
        return ""
    if decision.layer != ALL_LAYERS:
        return f"The layer {decision.layer} is not published; what is derived from it stays in every figure."
    if decision.precision is Precision.WITHHELD:
        return "Nothing of it is used: totals, maps and rankings are without it, and may be too low."
    if provides in _POINTS:
        coarse_cell = decision.cell_deg == COARSE_DEG
        return _POINTS[provides][decision.precision, coarse_cell].format(cell=decision.cell_deg or 0)
    coarse = "Releases to water and sea and pressure on land are in no figure."
    if decision.precision is Precision.AGGREGATED:
        return (
            "Sources are summed by administrative unit and sector. Where they are fewer than three or lie outside the "
            f"units they are in no figure. {coarse}"
        )
    return (
        f"Sources stand at the centre of their cell of {decision.cell_deg:g}°, without name or identifier, and their "
        f"plumes are blurred over it.{f' {coarse}' if decision.cell_deg == 0.1 else ''}"
    )


def _why(decision: Decision) -> str:
    said = f"{decision.authority} says so" if decision.basis == "consent" else _BASES[decision.basis]
    reason = f" to protect {decision.reason.protects} ({decision.reason.article})" if decision.reason else ""
    until = f", until {decision.valid_until}" if decision.basis == "consent" and decision.valid_until else ""
    return said + reason + until
