from collections.abc import Iterator
from pathlib import Path

import pytest

from data_pipelines.refresh import refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent
from tests.serving import served


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="session")
def address(home: Path, edition: Edition) -> Iterator[str]:
    with served(home) as found:
        yield found


@pytest.fixture(scope="session")
def edition(home: Path) -> Edition:
    """Jamaica, refreshed a moment ago."""
    outcome = refresh("jamaica", Store(home), Silent())
    assert outcome.edition is not None
    return outcome.edition


@pytest.fixture(scope="session")
def counts(edition: Edition) -> dict[str, int]:
    """Features of every layer, as this project reads them."""
    return {path.stem: len(edition.layer(path.stem)) for path in sorted(Path(edition.folder).glob("vectors/*.gpkg"))}
