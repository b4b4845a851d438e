"""Tags: the agreements and goals that a pollutant, sector, source or hotspot bears on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import pandas as pd

Convention = Literal["basel", "lrtap", "minamata", "montreal", "rotterdam", "stockholm"]

CHEMICALS_AND_WASTE = "chemicals_and_waste"
SDG = "sdg_"
SEPARATOR = ", "
LEADING_SHARE = 0.1
"""A hotspot carries the tags of what causes at least this share of its exposure in a dimension (project choice)."""
TITLES: dict[str, str] = {
    CHEMICALS_AND_WASTE: "Chemicals and waste",
    "basel": "Basel Convention (hazardous and other wastes)",
    "lrtap": "Air Convention (LRTAP, UNECE region)",
    "minamata": "Minamata Convention (mercury)",
    "montreal": "Montreal Protocol (ozone layer)",
    "rotterdam": "Rotterdam Convention (prior informed consent)",
    "stockholm": "Stockholm Convention (persistent organic pollutants)",
}
CONVENTIONS: tuple[str, ...] = get_args(Convention)

Table = TypeVar("Table", bound=pd.DataFrame)


@dataclass(frozen=True)
class Tags:
    """What a pollutant or sector bears on.

    ``conventions`` are those that plainly cover it, whether or not a country is a party; ``sdg_targets`` the targets of
    the Sustainable Development Goals, e.g. ``6.3``.
    """

    chemicals_and_waste: bool = False
    conventions: tuple[Convention, ...] = ()
    sdg_targets: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The tags as published: ``chemicals_and_waste``, ``minamata``, ``sdg_3.9``."""
        cross_cutting = {CHEMICALS_AND_WASTE} if self.chemicals_and_waste else set()
        return frozenset({*cross_cutting, *self.conventions, *(SDG + target for target in self.sdg_targets)})


UNTAGGED = Tags()


def joined(tags: Iterable[str]) -> str:
    """Tags as the text of a field: chemicals and waste, conventions, SDG targets by number, then themes."""
    return SEPARATOR.join(sorted(set(tags), key=order))


def split(text: str) -> list[str]:
    """The tags of a field's text."""
    return text.split(SEPARATOR) if text else []


def order(tag: str) -> tuple[int, int, str]:
    """What to sort tags by: any text has its place, themes last."""
    target = re.fullmatch(SDG + r"(\d+)\.([\da-z])", tag)
    if target:
        return 2, int(target[1]), target[2]
    return (0 if tag == CHEMICALS_AND_WASTE else 1 if tag in CONVENTIONS else 3), 0, tag


def title(tag: str) -> str:
    """What a reader calls a tag; themes of sectors are words already."""
    if tag.startswith(SDG):
        return f"SDG target {tag.removeprefix(SDG)}"
    return TITLES.get(tag, tag.replace("_", " ").capitalize())


def tagged(table: Table, tags: Iterable[str]) -> Table:
    """The rows of a feature table (with the column ``tags``) that carry every one of ``tags``."""
    wanted = set(tags)
    carried = table["tags"].map(lambda text: wanted <= set(split(text)))
    return table[carried.astype(bool)]
