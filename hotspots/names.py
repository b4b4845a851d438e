"""Names of places and units in several languages: a column for each language that the data have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import pandas as pd

NameLanguage = Literal["ar", "zh", "en", "fr", "ru", "es"]
"""The languages that names are kept in beside the data's own: those of the United Nations."""
NAME_LANGUAGES: tuple[NameLanguage, ...] = get_args(NameLanguage)
COLUMN = "name_{language}"
PATTERN = rf"^name_({'|'.join(NAME_LANGUAGES)})$"
"""The columns of names in a canonical table."""


def name_column(language: str) -> str:
    """The column of names in ``language``."""
    return COLUMN.format(language=language)


def name_columns(table: pd.DataFrame) -> list[str]:
    """The columns of names by language that ``table`` has, in the order of NAME_LANGUAGES."""
    return [name for name in map(name_column, NAME_LANGUAGES) if name in table]


def unambiguous(names: Iterable[str], translated: Iterable[str]) -> dict[str, str]:
    """Name -> its translation, for names of which all who bear them are called the same."""
    found: dict[str, set[str]] = {}
    for name, other in zip(names, translated, strict=True):
        found.setdefault(name, set()).add(other)
    return {name: others.pop() for name, others in found.items() if len(others) == 1}
