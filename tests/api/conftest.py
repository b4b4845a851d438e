"""A store that holds the miniature region as the real writers publish it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import console
from data_pipelines.outputs.write import write_all
from hotspots.editions import Edition, Store, draft
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import new_region
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY, assessment
from tests.serving import served


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    made = publishable(assessment(), POLICY)
    inputs: dict[str, list[Path]] = {}
    for name in ("census", "facilities"):
        path = tmp_path_factory.mktemp("inputs") / f"{name}.csv"
        path.write_text(f"{name}\n")
        inputs[name] = [path]
    store = Store(folder)
    with store.staging() as staged:
        write_all(made, staged, Silent())
        store.publish(staged, draft(made, inputs, created=WHEN, software_version="1.0"))
    return folder


@pytest.fixture(scope="session")
def edition(home: Path) -> Edition:
    return Store(home).current("miniature")


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    with served(home) as found:
        yield found


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False) as made:
        yield made


@pytest.fixture
def store(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of its own with the miniature region; its editions come from no configured region."""
    copy = shutil.copytree(home, tmp_path / "home")
    monkeypatch.setenv("HOTSPOTS_HOME", str(copy))
    monkeypatch.delenv("HOTSPOTS_DATA", raising=False)
    monkeypatch.delenv("HOTSPOTS_CONFIG", raising=False)
    return Store(copy)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_region.write(tmp_path / "config")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    return folder / "regions"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.out, "width", 80)
