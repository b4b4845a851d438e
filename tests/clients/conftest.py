from pathlib import Path

import pytest

from data_pipelines.refresh import refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Jamaica, refreshed a moment ago."""
    outcome = refresh("jamaica", Store(tmp_path_factory.mktemp("clients")), Silent())
    assert outcome.edition is not None
    return outcome.edition


@pytest.fixture(scope="session")
def counts(edition: Edition) -> dict[str, int]:
    """Features of every layer, as this project reads them."""
    return {path.stem: len(edition.layer(path.stem)) for path in sorted(Path(edition.folder).glob("vectors/*.gpkg"))}
