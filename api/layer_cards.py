"""What stands behind each layer of the map: datasets, licence, citation, year and age, and whom to tell of errors."""

from __future__ import annotations

from dataclasses import dataclass

from api.i18n import N_
from hotspots.editions import Edition
from hotspots.editions.manifest import InputFile

OLD_YEARS = 5
"""A dataset more years older than the edition carries a warning: the years after which quality grades fall, too."""
BESIDE = {"units", "places", "protected_areas", "observations"}
"""What names, bounds or judges the modelled layers but does not make them."""
_ROLES: tuple[tuple[str, str, set[str] | None], ...] = (
    ("model", N_("Modelled layers and hotspots"), None),
    ("sources", N_("Sources"), {"facilities"}),
    ("admin", N_("Units"), {"units"}),
    ("protected", N_("Protected areas"), {"protected_areas"}),
    ("river_mouths", N_("River mouths"), {"rivers", "lakes"}),
    ("observations", N_("Measurements"), {"observations"}),
)
"""Layer, title and the roles of its datasets; None: all that is not beside the model."""


@dataclass(frozen=True)
class Dataset:
    """One dataset of a card; ``age_years`` is None where its year is unknown."""

    title: str
    licence: str
    citation: str
    year: int | None
    age_years: int | None

    @property
    def old(self) -> bool:
        """Whether the reader is warned of its age."""
        return self.age_years is not None and self.age_years > OLD_YEARS


@dataclass(frozen=True)
class Card:
    """One layer, or the modelled ones together."""

    layer: str
    title: str
    datasets: tuple[Dataset, ...]


def layer_cards(edition: Edition) -> tuple[Card, ...]:
    """The cards of the layers that were made from a dataset, in the order of the layer switch."""
    inputs = {file.dataset: file for file in edition.manifest.inputs}.values()
    made = edition.manifest.created.year
    cards = []
    for layer, title, roles in _ROLES:
        found = [file for file in inputs if (file.provides in roles if roles else file.provides not in BESIDE)]
        if found:
            cards.append(Card(layer, title, tuple(_dataset(file, made) for file in found)))
    return tuple(cards)


def contacts(edition: Edition) -> dict[str, str]:
    """Whom to tell of an error in a source, by dataset; the policy's contact where a dataset has none."""
    manifest = edition.manifest
    known = {file.dataset: file.contact or manifest.policy.contact for file in manifest.inputs}
    return {dataset: contact for dataset, contact in known.items() if contact}


def _dataset(file: InputFile, made: int) -> Dataset:
    age = None if file.year is None else made - file.year
    return Dataset(file.title, file.licence, file.citation, file.year, age)
