"""Whole countries from the shared data, refreshed as their user refreshes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.editions import Edition, Store

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
REFRESH = """
import resource, sys
from pathlib import Path
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.progress import Silent
assert refresh(sys.argv[1], Store(Path(sys.argv[2])), Silent()).changed
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared real inputs are not at {SHARED}")


def refreshed(region: str, home: Path) -> tuple[Edition, int]:
    """The edition of a cold refresh in its own process, and the bytes of memory that took at its peak."""
    environment = {**os.environ, "HOTSPOTS_DATA": str(SHARED)}
    environment.pop("HOTSPOTS_CONFIG", None)
    done = subprocess.run(
        [sys.executable, "-c", REFRESH, region, str(home)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Store(home).current(region), int(done.stdout.splitlines()[-1])
