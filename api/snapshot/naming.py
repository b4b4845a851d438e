"""What the file of a map to e-mail is called."""

from __future__ import annotations

from api.i18n import ENGLISH
from hotspots.editions import Edition


def snapshot_name(edition: Edition, code: str) -> str:
    """Region, edition and, unless it is English, the language."""
    return f"{edition.region}-{edition.id}{'' if code == ENGLISH.code else f'-{code}'}.html"
