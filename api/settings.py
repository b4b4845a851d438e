"""What the service is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "HOTSPOTS_HOME"


@dataclass(frozen=True)
class Settings:
    """``home`` is the edition store's folder; ``max_open_layers`` bounds open tile files and parsed layers."""

    home: Path
    max_open_layers: int = 64
