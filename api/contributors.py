"""The contributors of a hotspot, as an edition publishes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def contributors(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The main contributors of a hotspot, by dimension and then by share."""
    found = row["top_sources"] or []
    listed: list[Mapping[str, Any]] = json.loads(found) if isinstance(found, str) else found
    return listed
