"""What the recorded consents mean for a dataset in a country at one moment: the strictest counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from hotspots.consent import ALL_LAYERS, Consent, Decision, Precision
from hotspots.region import DatasetRef


@dataclass(frozen=True)
class Rules:
    """The consents of one region at one moment, one a `Consent.key`; ``sensitive`` are dataset ids."""

    consents: tuple[Consent, ...]
    at: datetime
    sensitive: frozenset[str]

    def decide(self, dataset: str, country: str, layer: str = ALL_LAYERS) -> Decision:
        """What may be published of ``dataset`` where ``country`` is concerned.

        The strictest word counts. A consent that is not in force is no consent, so the dataset is withheld; a
        withholding that is not in force says nothing. Nothing said: withheld if sensitive, else by its licence.
        """
        said = [
            decision
            for consent in self.consents
            if (consent.dataset, consent.country, consent.layer) == (dataset, country, layer)
            and (decision := self._said(consent)) is not None
        ]
        if not said:
            return self._unsaid(dataset, country, layer)
        strictest = max(said, key=lambda decision: (decision.strictness, decision.authority))
        ends = [decision.ends_at for decision in said if decision.ends_at is not None]
        agreed = all(item.restricted_reading or item.precision is Precision.OPEN for item in said)
        return replace(
            strictest,
            ends_at=min(ends, default=None),
            restricted_reading=agreed and strictest.precision is not Precision.OPEN,
        )

    def strictest(self, datasets: Iterable[str], countries: Iterable[str], layer: str = ALL_LAYERS) -> Decision:
        """The strictest decision over all of ``datasets`` and ``countries``, of which there is one at least."""
        among = sorted(countries)
        found = [self.decide(dataset, country, layer) for dataset in datasets for country in among]
        return max(found, key=lambda decision: decision.strictness)

    def restricted(self, datasets: Iterable[str], countries: Iterable[str]) -> bool:
        """Whether holders of the right to read restricted data of all ``countries`` may read rows of ``datasets``.

        Something must be kept back of them, and everybody who keeps it back must have agreed to such reading.
        """
        among = sorted(countries)
        found = [self.decide(dataset, country) for dataset in datasets for country in among]
        kept_back = [item for item in found if item.precision is not Precision.OPEN]
        return bool(kept_back) and all(item.restricted_reading for item in kept_back)

    def countries(self, dataset: str) -> frozenset[str]:
        """The countries of which something is recorded."""
        return frozenset(consent.country for consent in self.consents if consent.dataset == dataset)

    def withheld_throughout(self, dataset: DatasetRef, countries: Iterable[str]) -> bool:
        """Whether nothing of the dataset may be published, so that it need not even be read.

        Rows of facilities lie in countries of their own; any other dataset is one with the region's ``countries``.
        """
        if dataset.provides != "facilities":
            return self.strictest([dataset.id], countries).precision is Precision.WITHHELD
        asked = self.countries(dataset.id) | set(countries)
        return dataset.id in self.sensitive and all(
            self.decide(dataset.id, country).precision is Precision.WITHHELD for country in asked
        )

    def statements(self, dataset: str, countries: Iterable[str]) -> tuple[Decision, ...]:
        """What is decided of ``dataset``: for the region's ``countries`` and all of which something is recorded."""
        layers = {consent.layer for consent in self.consents if consent.dataset == dataset} | {ALL_LAYERS}
        return tuple(
            self.decide(dataset, country, layer)
            for country in sorted(self.countries(dataset) | set(countries))
            for layer in sorted(layers)
        )

    def _said(self, consent: Consent) -> Decision | None:
        ends = consent.ends()
        basis = "not_yet_valid" if self.at < consent.begins() else "expired" if ends and self.at >= ends else "consent"
        if basis != "consent" and consent.precision is Precision.WITHHELD:
            return None
        return Decision(
            dataset=consent.dataset,
            country=consent.country,
            precision=consent.precision if basis == "consent" else Precision.WITHHELD,
            basis=basis,
            layer=consent.layer,
            cell_deg=consent.cell_deg if basis == "consent" else None,
            authority=consent.authority,
            purpose=consent.purpose,
            reason=consent.reason,
            valid_until=consent.valid_until,
            restricted_reading=consent.restricted_reading and basis == "consent",
            ends_at={"consent": ends, "not_yet_valid": consent.begins(), "expired": None}[basis],
        )

    def _unsaid(self, dataset: str, country: str, layer: str) -> Decision:
        if dataset in self.sensitive and layer == ALL_LAYERS:
            return Decision(dataset, country, Precision.WITHHELD, "sensitive")
        return Decision(dataset, country, Precision.OPEN, "licence", layer)


def overstepped(applied: Iterable[Decision], datasets: Iterable[str], rules: Rules) -> Decision | None:
    """What may no longer be published of what was published as ``applied``; None if all of it may.

    Parameters
    ----------
    datasets:
        The datasets that it was computed from; where nothing was decided of one, all of it was published.
    """
    before = {(item.dataset, item.country, item.layer): item.strictness for item in applied}
    found: list[Decision] = []
    for dataset in sorted(set(datasets)):
        asked = rules.countries(dataset) | {country for name, country, _ in before if name == dataset}
        for decision in rules.statements(dataset, asked):
            key = (decision.dataset, decision.country, decision.layer)
            if decision.strictness > before.get(key, (0, 0.0)):
                found.append(decision)
    return max(found, key=lambda decision: decision.strictness, default=None)
