"""What is kept back, of what type, by whom and why, in a sentence (Kyiv Protocol, article 12, paragraph 3)."""

from __future__ import annotations

from hotspots.consent import ALL_LAYERS, Decision, Precision

_BASES = {
    "sensitive": "the dataset is sensitive and no consent is recorded",
    "expired": "the consent has expired",
    "not_yet_valid": "the consent is not valid yet",
}


def sentence(decision: Decision, title: str) -> str:
    """What of the dataset called ``title`` is published, and why no more; empty where all of it is."""
    if decision.precision is Precision.OPEN:
        return ""
    return f"{title} ({decision.country}): {decision.precision.value}, since {_why(decision)}"


def effect(decision: Decision) -> str:
    """What the decision does to the figures; empty where nothing is kept back."""
    if decision.precision is Precision.OPEN:
        return ""
    if decision.layer != ALL_LAYERS:
        return f"The layer {decision.layer} is not published; what is derived from it stays in every figure."
    if decision.precision is Precision.WITHHELD:
        return "Nothing of it is used: totals, maps and rankings are without it, and may be too low."
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
