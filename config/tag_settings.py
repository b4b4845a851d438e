"""The keys of tags, which pollutants and sectors have alike."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from config.reading import Settings
from hotspots.tags import Convention, Tags

Target = Annotated[str, StringConstraints(pattern=r"^\d{1,2}\.[\da-z]$")]


class TagSettings(Settings):
    """``chemicals_and_waste``, ``conventions`` and ``sdg_targets`` of a table."""

    chemicals_and_waste: bool = False
    conventions: tuple[Convention, ...] = ()
    sdg_targets: tuple[Target, ...] = ()

    def tags(self) -> Tags:
        """The three as one value."""
        return Tags(self.chemicals_and_waste, self.conventions, self.sdg_targets)
