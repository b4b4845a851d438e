from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotspots.editions import Edition, Store
from tests.real_regions import NEEDS_SHARED
from tests.serving import served

VIETNAM = pytest.param("vietnam", marks=[NEEDS_SHARED])


@dataclass(frozen=True)
class Service:
    """A region's current edition and the address that serves it."""

    address: str
    region: str
    edition: Edition

    def count(self, layer: str) -> int:
        """Features of a layer, as this project reads them."""
        return len(self.edition.layer(layer))


@pytest.fixture(scope="session")
def edition(jamaica_home: Path) -> Edition:
    """Jamaica, refreshed a moment ago."""
    return Store(jamaica_home).current("jamaica")


@pytest.fixture(scope="session")
def counts(edition: Edition) -> dict[str, int]:
    """Features of every layer, as this project reads them."""
    return {path.stem: len(edition.layer(path.stem)) for path in sorted(Path(edition.folder).glob("vectors/*.gpkg"))}


@pytest.fixture(scope="session", params=["jamaica", VIETNAM])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """A small region and a large one, each behind a server of its own."""
    region = request.param
    edition = (
        request.getfixturevalue("vietnam_refresh")[0] if region == "vietnam" else request.getfixturevalue("edition")
    )
    with served(edition.folder.parents[2]) as address:
        yield Service(address, region, edition)
