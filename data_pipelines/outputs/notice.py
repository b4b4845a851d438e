"""What every published file says of itself: title, licence, attribution, disclaimer."""

from __future__ import annotations

from hotspots.policy import Publishable


def attribution(publishable: Publishable) -> str:
    """One line that names the publisher and every dataset."""
    sources = "; ".join(dataset.citation for dataset in publishable.attributions)
    return f"{publishable.policy.publisher}. Contains: {sources}."


def notice(publishable: Publishable, title: str, meaning: str) -> dict[str, str]:
    """The statements a file carries. They do not name the edition: the same data have the same bytes in each."""
    region, policy = publishable.assessment.region, publishable.policy
    return {
        "title": f"{title}: {region.title}",
        "description": meaning,
        "licence": policy.licence,
        "attribution": attribution(publishable),
        "statement": " ".join((policy.statement, *region.notes)),
        "disclaimer": policy.disclaimer,
    }
