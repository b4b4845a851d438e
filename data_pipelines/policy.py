"""The publication policy in a refresh: what may be read at all, what is let in of it, and what errors may say of it."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from config import load
from config.dataset_file import DatasetConfig
from config.region_file import RegionConfig
from data_pipelines.inputs import PLACED_BY
from data_pipelines.registry import find
from hotspots.consent import Applied, Consent, Precision, Reason
from hotspots.errors import HotspotsError, PolicyError
from hotspots.inputs import Inputs
from hotspots.policy.kinds import check_carried_out
from hotspots.policy.permitted import permitted
from hotspots.policy.rules import Rules
from hotspots.region import DatasetRef

NEEDED = ("units", "population")


@dataclass(frozen=True)
class Permit:
    """A region as far as its policy lets it be read: ``config`` is without the datasets ``withheld``.

    ``in_full`` has the datasets whose rows are kept in full for those who may read restricted data, and what places
    them; None where there are none.
    """

    config: RegionConfig
    rules: Rules
    withheld: tuple[DatasetRef, ...]
    in_full: RegionConfig | None = None

    @property
    def fingerprint(self) -> str:
        """Text that is the same wherever the same is let in."""
        said = sorted({repr(self.rules.decide(item.dataset, item.country, item.layer)) for item in self.rules.consents})
        return repr((sorted(self.config.datasets), self.withheld, said, sorted(self.rules.sensitive)))

    def admitted(self, inputs: Inputs) -> Inputs:
        """``inputs`` as far as they may be published."""
        return permitted(replace(inputs, applied=Applied(withheld=self.withheld)), self.rules)

    def sayable(self, error: Exception) -> Exception:
        """``error``, or another that says no more of datasets that are not open than their ids."""
        in_full = {} if self.in_full is None else self.in_full.datasets
        closed = [item for item in {**self.config.datasets, **in_full}.values() if not self._open(item)]
        # The policy's own errors name datasets and nothing of their rows.
        if not closed or isinstance(error, PolicyError):
            return error
        names = {item.id: {item.id, f"dataset {item.id}", *map(str, item.paths.values())} for item in closed}
        source = (error.source or "") if isinstance(error, HotspotsError) else ""
        for dataset, known in names.items():
            if any(source == name or source.endswith(f"/{name.rsplit('/', 1)[-1]}") for name in known):
                return PolicyError(
                    f"{type(error).__name__}; it is not open, so no more is said here.",
                    source=f"dataset {dataset}",
                    remedy="Run `hotspots check` on its file where it lies.",
                )
        if source:
            return error
        return PolicyError(
            f"{type(error).__name__} in {_place(error)}; datasets that are not open: no more is said.",
            source=f"region {self.config.region.id}",
            remedy=f"Refresh it where nobody else reads along, or withhold: {', '.join(names)}.",
        )

    def _open(self, dataset: DatasetConfig) -> bool:
        if dataset.ref.confidential_counts:
            return False
        countries = self.rules.countries(dataset.id) | set(self.config.region.countries)
        return self.rules.strictest([dataset.id], countries).precision is Precision.OPEN


def _place(error: Exception) -> str:
    """Where in the code an error was raised, which tells nothing of what it was raised by."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})" for frame in frames[-2:])


def permit(config: RegionConfig, rules: Rules) -> Permit:
    """What ``rules`` let be read of the region.

    Raises
    ------
    PolicyError
        If its units or its population are withheld: nothing can be assessed without them; or if a consent cannot be
        carried out (`require_admissible`).
    """
    for consent in rules.consents:
        require_admissible(config, consent)
    withheld = []
    for name, item in sorted(config.datasets.items()):
        ref = provided(item)
        if not rules.withheld_throughout(ref, config.region.countries):
            continue
        if ref.provides in NEEDED:
            raise PolicyError(
                f"its {ref.provides} may not be published, and nothing can be assessed without.",
                source=f"dataset {name}",
                field="precision",
                remedy="Ask the authority for its consent, or use another dataset.",
            )
        withheld.append(ref)
    gone = {ref.id for ref in withheld}
    kept = _with(config, [name for name in config.datasets if name not in gone])
    read = [name for name in config.datasets if _read_in_full(rules, name)]
    placing = [name for name, item in kept.datasets.items() if provided(item).provides in PLACED_BY]
    in_full = _with(config, [*placing, *read]) if read else None
    return Permit(kept, rules, tuple(withheld), in_full)


def _read_in_full(rules: Rules, dataset: str) -> bool:
    return any(rules.decide(dataset, country).restricted_reading for country in rules.countries(dataset))


def _with(config: RegionConfig, datasets: Collection[str]) -> RegionConfig:
    """``config`` with these of its datasets only."""
    return replace(
        config, datasets=MappingProxyType({name: item for name, item in config.datasets.items() if name in datasets})
    )


def require_admissible(config: RegionConfig, consent: Consent) -> None:
    """Check that a consent can be carried out and that its reason may be used; nothing is said of other regions' data.

    Raises
    ------
    PolicyError
        If the dataset cannot have its precision or be read in full (`check_carried_out`); or if its country is in the
        European Union and its reason is one for which information on emissions is not refused there.
    """
    item = config.datasets.get(consent.dataset)
    if item is None or consent.region != config.region.id:
        return
    dataset = provided(item)
    check_carried_out(consent, dataset)
    union, reason = load.european_union(), consent.reason
    barred = consent.precision is not Precision.OPEN and reason is not None and reason.bars_emissions
    if barred and reason is not None and consent.country in union.members and dataset.provides in union.emissions:
        allowed = ", ".join(item for item in Reason if not item.bars_emissions)
        raise PolicyError(
            f"{reason.value} ({reason.directive}) is no reason to keep back information on emissions in "
            f"{consent.country}: Directive 2003/4/EC art. 4(2), second paragraph.",
            source=f"dataset {dataset.id}",
            field="reason",
            remedy=f"State another reason, of {allowed}, if one holds; or open the dataset.",
        )


def provided(item: DatasetConfig) -> DatasetRef:
    """The dataset with what its adapter provides."""
    return replace(item.ref, provides=find(item.adapter).spec.provides)


def rules_of(config: RegionConfig, consents: Sequence[Consent], at: datetime, sensitive: frozenset[str]) -> Rules:
    """The rules of a region from its ``consents``; ``sensitive`` are dataset ids."""
    return Rules(tuple(item for item in consents if item.region == config.region.id), at, sensitive)


def marked_sensitive(config: RegionConfig) -> frozenset[str]:
    """The datasets that the region's file calls sensitive."""
    return frozenset(name for name, item in config.datasets.items() if item.ref.sensitive)
