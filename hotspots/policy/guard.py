"""The last look before anything is published: an assessment was made of what the policy permits, or is refused."""

from __future__ import annotations

from hotspots.consent import ALL_LAYERS, Decision, Precision
from hotspots.errors import PolicyError
from hotspots.policy.cells import snapped
from hotspots.result import Assessment


def require_permitted(assessment: Assessment) -> None:
    """Check that no sensitive dataset came past the policy, and every source is as precise as it may be.

    Raises
    ------
    PolicyError
        Naming the dataset, and nothing of its rows.
    """
    decided = {(item.dataset, item.country): item for item in assessment.applied.decisions if item.layer == ALL_LAYERS}
    named = {dataset for dataset, _ in decided}
    for dataset in assessment.datasets:
        if dataset.sensitive and dataset.id not in named:
            raise _refused(dataset.id, "it is sensitive, and nothing was decided of it.")
    sources = assessment.sources
    for name, datasets, country, at in zip(
        sources["source_id"], sources["datasets"], sources["country"], sources.geometry, strict=True
    ):
        for dataset_id in (part.strip() for part in datasets.split(",")):
            decision = decided.get((dataset_id, country))
            if decision is not None and not _as_decided(decision, name in assessment.applied.positions, (at.x, at.y)):
                raise _refused(dataset_id, f"a source of it is more precise than {decision.precision.value}.")
    if assessment.observations is not None:
        closed = {
            dataset
            for (dataset, country), item in decided.items()
            if country in assessment.region.countries and item.precision is not Precision.OPEN
        }
        for name in assessment.observations["observation_id"]:
            dataset_id = str(name).partition(":")[0]
            if dataset_id in closed and name not in assessment.applied.positions:
                raise _refused(dataset_id, "a measured value of it is more precise than decided.")


def _as_decided(decision: Decision, moved: bool, at: tuple[float, float]) -> bool:
    if decision.precision is Precision.OPEN:
        return True
    if decision.precision is Precision.WITHHELD or not moved:
        return False
    return decision.cell_deg is None or bool((snapped(at, decision.cell_deg) == at).all())


def _refused(dataset: str, why: str) -> PolicyError:
    return PolicyError(why, source=f"dataset {dataset}", field="precision", remedy="Assess permitted(inputs, rules).")
