from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from data_pipelines.refresh import Outcome, refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent
from tests import new_region
from tests.real_regions import refreshed

# The first example of a property may compile; and a test run must say the same twice.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def jamaica_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one edition of Jamaica. Not to be changed: tests that do so work on a copy."""
    folder = tmp_path_factory.mktemp("jamaica")
    assert refresh("jamaica", Store(folder), Silent()).changed
    return folder


@pytest.fixture(scope="session")
def vietnam_refresh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Edition, int]:
    """Viet Nam from the shared inputs, and the bytes of memory its refresh took at its peak."""
    return refreshed("vietnam", tmp_path_factory.mktemp("vietnam"))


@dataclass(frozen=True)
class Testland:
    """The region of the walk-through with its configuration, its home and what its first refresh did."""

    __test__ = False

    config: Path
    home: Path
    outcome: Outcome


@pytest.fixture(scope="session")
def testland(tmp_path_factory: pytest.TempPathFactory) -> Testland:
    """Not to be changed."""
    config = new_region.write(tmp_path_factory.mktemp("my-config") / "here")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        return Testland(config, home, refresh(new_region.REGION, Store(home), Silent()))
