"""The inputs of a refresh beside those of the current edition: what can hardly be right stops it, unless accepted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from hotspots.editions import Store
from hotspots.errors import ConfigError, CorruptEditionError, InputError, NotFoundError
from hotspots.input_profile import REASONS, REMEDIES, DatasetProfile, Finding, suspect
from hotspots.quality import QualityReport
from hotspots.region import PublishedTotal

REPORT = "report/quality.json"


@dataclass(frozen=True)
class LastInputs:
    """What the current edition says of its inputs by dataset: nothing if there is none, or one of an older version."""

    profiles: dict[str, DatasetProfile]
    accepted: tuple[Finding, ...]


def last_inputs(store: Store, region: str) -> LastInputs:
    """The profiles of the region's current edition.

    Raises
    ------
    CorruptEditionError
        If its quality report cannot be read.
    """
    try:
        edition = store.current(region)
        path = edition.path(REPORT)
    except NotFoundError:
        return LastInputs({}, ())
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        profiles = [DatasetProfile.from_json(item) for item in report.get("profiles", [])]
        accepted = tuple(Finding(**item) for item in report.get("accepted", []))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptEditionError(
            f"{REPORT} cannot be read; the inputs cannot be compared with the last.",
            source=f"edition {region}/{edition.id}",
            remedy=f"Run `hotspots rollback {region}`, then `hotspots refresh {region}`.",
        ) from error
    return LastInputs({profile.dataset: profile for profile in profiles}, accepted)


@dataclass(frozen=True)
class Acceptance:
    """A person's word for inputs that would be refused: the ``reasons`` (of REASONS) that are no fault, and why."""

    reasons: frozenset[str] = frozenset()
    because: str = ""

    def check(self) -> None:
        """Raise ConfigError where a reason is unknown, or nothing says why it is accepted."""
        unknown = sorted(self.reasons - set(REASONS))
        if unknown:
            raise ConfigError(
                f"{unknown[0]!r} is no reason for which inputs are refused.",
                field="accept",
                remedy=f"Use one of: {', '.join(REASONS)}.",
            )
        if self.reasons and not self.because.strip():
            raise ConfigError(
                "nobody says why the inputs are right.",
                field="because",
                remedy='Add e.g. --because "the authority has closed half of its stations".',
            )

    def for_audit(self, accepted: Collection[Finding], last: LastInputs) -> tuple[str, ...]:
        """What is accepted now and was not before, in words."""
        new = [item for item in accepted if item not in last.accepted]
        return tuple(f"{item.dataset}: {item.reason}, {item.detail}; because: {self.because}" for item in new)


NOTHING = Acceptance()


def compared(
    quality: QualityReport, last: LastInputs, totals: Iterable[PublishedTotal], accept: Acceptance, region: str
) -> QualityReport:
    """``quality`` with what was found and accepted.

    What was accepted for the current edition stays so as long as the dataset is the same.

    Raises
    ------
    InputError
        Naming the dataset, each reason that is not accepted, and the remedy.
    """
    published = tuple(totals)
    accepted: list[Finding] = []
    for profile in quality.profiles:
        before = last.profiles.get(profile.dataset)
        found = suspect(profile, before, published)
        if profile.same_as(before):
            accepted += [item for item in last.accepted if item.dataset == profile.dataset]
            found = tuple(item for item in found if item not in last.accepted)
        refused = [item for item in found if item.reason not in accept.reasons]
        if refused:
            raise refusal(refused, region)
        accepted += found
    return replace(quality, accepted=tuple(accepted))


def refusal(found: list[Finding], region: str) -> InputError:
    """The error of inputs that can hardly be right."""
    reasons = sorted({item.reason for item in found})
    said = "; ".join(f"{item.reason}: {item.detail}" for item in found)
    accepting = " ".join(f"--accept {reason}" for reason in reasons)
    return InputError(
        f"{said}. {' '.join(REASONS[reason] for reason in reasons)}",
        source=f"dataset {found[0].dataset}",
        field=reasons[0],
        remedy=f"{' '.join(REMEDIES[reason] for reason in reasons)} If it is right: "
        f'`hotspots refresh {region} {accepting} --because "why it is right"`.',
    )
