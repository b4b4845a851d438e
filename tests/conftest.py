from __future__ import annotations

import pytest
from hypothesis import settings

from hotspots.editions import Edition
from tests.real_regions import refreshed

# The first example of a property may compile; and a test run must say the same twice.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def vietnam_refresh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Edition, int]:
    """Viet Nam from the shared inputs, and the bytes of memory its refresh took at its peak.

    Tests of it carry ``xdist_group("vietnam")``, so that it is refreshed once.
    """
    return refreshed("vietnam", tmp_path_factory.mktemp("vietnam"))
