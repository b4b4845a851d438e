"""What a consent can ask of each kind of dataset, and what it cannot: refused by name, never taken for open."""

from __future__ import annotations

from hotspots.consent import ALL_LAYERS, Consent, Precision
from hotspots.errors import PolicyError
from hotspots.region import DatasetRef

WHOLE = frozenset({Precision.OPEN, Precision.WITHHELD})
BY_ROW = ("facilities", "observations", "intakes")
"""What is decided row by row, by where each lies; anything else is one with the region."""
PRECISIONS = {
    "facilities": frozenset(Precision),
    "observations": frozenset(Precision),
    "intakes": WHOLE | {Precision.GENERALISED},
}
"""The precisions of what a dataset provides; WHOLE where nothing is said."""
READ_IN_FULL = ("facilities",)
"""What can be kept in full for those who may read restricted data: tables of points."""


def check_carried_out(consent: Consent, dataset: DatasetRef) -> None:
    """Check that ``consent`` can be carried out of what ``dataset`` provides.

    Raises
    ------
    PolicyError
        If its precision is none of this kind, or it allows restricted reading of rows that there are none of, or whose
        licence does not let them be given to others.
    """
    kind = str(dataset.provides)
    possible = PRECISIONS.get(kind, WHOLE) if consent.layer == ALL_LAYERS else WHOLE
    if consent.precision not in possible:
        named = ", ".join(item for item in Precision if item in possible)
        raise _refused(
            dataset, "precision", f"provides {kind}, which cannot be {consent.precision.value}.", f"Use one of {named}."
        )
    if not consent.restricted_reading:
        return
    if kind not in READ_IN_FULL or dataset.confidential_counts:
        raise _refused(
            dataset,
            "restricted_reading",
            f"provides {kind}, of which no rows are kept for restricted reading.",
            f"Leave it out; it is for {', '.join(READ_IN_FULL)}.",
        )
    if dataset.redistribution != "raw":
        raise _refused(
            dataset,
            "restricted_reading",
            f"its licence ({dataset.licence}) does not let its rows be given to others.",
            "Leave it out, or record a licence that does.",
        )


def _refused(dataset: DatasetRef, field: str, why: str, remedy: str) -> PolicyError:
    return PolicyError(why, source=f"dataset {dataset.id}", field=field, remedy=remedy)
