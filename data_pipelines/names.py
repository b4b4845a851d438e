"""Names by language as datasets have them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hotspots.names import NameLanguage, name_column


def names_by_language(table: pd.DataFrame, columns: Mapping[NameLanguage, str]) -> dict[str, pd.Series]:
    """The canonical columns of names from those of ``table``; empty where it has none."""
    return {
        name_column(language): table[column].fillna("").astype(str).str.strip() for language, column in columns.items()
    }
