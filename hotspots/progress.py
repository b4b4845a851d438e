"""How long work tells somebody outside how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A listener. The CLI shows bars on a terminal and plain lines elsewhere; tests count calls."""

    def start(self, stage: str, total: int) -> None:
        """``stage`` begins and will advance ``total`` times."""

    def advance(self, stage: str) -> None:
        """One of the stage's parts is finished."""

    def finish(self, stage: str, note: str) -> None:
        """``stage`` ended; ``note`` says how, e.g. ``cached``."""


class Silent:
    """Nobody listens."""

    def start(self, stage: str, total: int) -> None:
        """Ignore."""

    def advance(self, stage: str) -> None:
        """Ignore."""

    def finish(self, stage: str, note: str) -> None:
        """Ignore."""
