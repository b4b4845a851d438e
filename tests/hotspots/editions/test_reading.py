"""Reading editions, also while others are published."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hotspots
from hotspots.editions import PREVIOUS, Edition, Problem, Store, default_home
from hotspots.editions.locks import file_lock
from hotspots.errors import BusyError, CorruptEditionError, EditionError, NotFoundError
from tests.hotspots.editions.publishing import edition, make_draft, publish, write_layers
from tests.miniature import assessment

REGION = "miniature"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def layered(store: Store, tmp_path: Path) -> Edition:
    made = make_draft(tmp_path)
    with store.staging() as folder:
        write_layers(folder)
        published = store.publish(folder, made)
    assert isinstance(published, Edition)
    return published


def test_a_layer_comes_back_as_a_geodataframe(layered: Edition) -> None:
    assert_geodataframe_equal(layered.layer("admin"), assessment().units)


def test_a_raster_comes_back_with_its_unit_and_its_gaps(layered: Edition) -> None:
    people = layered.raster("people")
    np.testing.assert_array_equal(people.to_numpy(), assessment().layers["people"].to_numpy())
    np.testing.assert_allclose(people["x"], assessment().layers["people"]["x"])
    np.testing.assert_allclose(people["y"], assessment().layers["people"]["y"])
    assert people.attrs["unit"] == "people"
    assert people.attrs["title"]


def test_a_layer_there_is_not_names_those_there_are(layered: Edition) -> None:
    with pytest.raises(NotFoundError, match=r"no feature layer 'rivers'.*It has admin, hotspots, sources"):
        layered.layer("rivers")
    with pytest.raises(NotFoundError, match=r"no raster 'rivers'.*people"):
        layered.raster("rivers")


@pytest.mark.parametrize(
    "path", ["../../../catalogue.sqlite", "/etc/hostname", "vectors/../vectors/admin.parquet", "vectors", "", "."]
)
def test_a_path_is_one_the_manifest_lists(layered: Edition, path: str) -> None:
    with pytest.raises(NotFoundError, match="has no file"):
        layered.path(path)
    assert layered.path("vectors/admin.parquet").is_file()
    assert layered.path("manifest.json").is_file()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["..", ".", "vectors", "admin.parquet", "", "catalogue.sqlite", "\0"])).map("/".join))
def test_no_path_leads_out_of_the_edition(layered: Edition, path: str) -> None:
    try:
        found = layered.path(path)
    except NotFoundError:
        return
    assert found.resolve().is_relative_to(layered.folder)


def test_hotspots_open_gives_the_current_edition(
    layered: Edition, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hotspots.open(REGION, store.layout.home) == layered
    monkeypatch.setenv("HOTSPOTS_HOME", str(store.layout.home))
    assert hotspots.open(REGION) == layered


def test_the_home_is_read_from_the_environment_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "named"))
    assert default_home() == tmp_path / "named"
    monkeypatch.delenv("HOTSPOTS_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_home() == tmp_path / "hotspots"


def test_importing_the_domain_opens_nothing_and_brings_no_store() -> None:
    script = "import sys, hotspots; sys.exit('sqlalchemy' in sys.modules or 'hotspots.editions' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_verify_tells_missing_changed_and_extra_files(store: Store, tmp_path: Path) -> None:
    made = edition(store, tmp_path)
    made.path("map.html").unlink()
    admin = made.path("vectors/admin.csv")
    admin.write_bytes(bytes(admin.stat().st_size))
    (made.folder / "vectors/more.csv").write_text("extra")
    assert store.verify(REGION) == (
        Problem("missing", "map.html"),
        Problem("changed", "vectors/admin.csv"),
        Problem("extra", "vectors/more.csv"),
    )


def test_a_link_is_a_problem_whatever_it_leads_to(store: Store, tmp_path: Path) -> None:
    made = edition(store, tmp_path)
    page = made.path("map.html")
    page.rename(tmp_path / "map.html")
    page.symlink_to(tmp_path / "map.html")
    (made.folder / "vectors/secret.csv").symlink_to("/etc/hostname")
    assert store.verify(REGION) == (Problem("changed", "map.html"), Problem("extra", "vectors/secret.csv"))


def test_a_changed_or_missing_manifest_is_a_problem_and_no_edition(store: Store, tmp_path: Path) -> None:
    path = edition(store, tmp_path).path("manifest.json")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"Test authority", b"Nobody at all!"))
    assert store.verify(REGION) == (Problem("changed", "manifest.json"),)
    with pytest.raises(CorruptEditionError, match="not the manifest that was published"):
        store.current(REGION)
    path.unlink()
    assert store.verify(REGION) == (Problem("missing", "manifest.json"),)
    with pytest.raises(CorruptEditionError, match="is missing"):
        store.current(REGION)


def test_what_there_is_not_is_not_found(store: Store, tmp_path: Path) -> None:
    for ask in (store.current, store.editions, store.stale, store.verify, store.rollback):
        with pytest.raises(NotFoundError, match="no region 'nowhere'"):
            ask("nowhere")
    edition(store, tmp_path)
    for name in ("2026-01-01-0123456789ab", "../miniature", ""):
        with pytest.raises(NotFoundError, match="has no edition"):
            store.edition(REGION, name)


def test_an_edition_in_hand_outlives_the_next_ones(store: Store, layered: Edition, tmp_path: Path) -> None:
    held = store.current(REGION)
    edition(store, tmp_path, "second")
    edition(store, tmp_path, "third")
    assert_geodataframe_equal(held.layer("admin"), assessment().units)
    assert store.verify(REGION, held.id) == ()
    assert store.edition(REGION, held.id) == layered


def test_readers_see_whole_editions_while_others_are_published(store: Store, tmp_path: Path) -> None:
    edition(store, tmp_path, "0")
    done, faults, seen = threading.Event(), [], set()

    def read() -> None:
        reader = Store(store.layout.home)
        while not done.is_set():
            try:
                found = reader.current(REGION)
                if problems := reader.verify(REGION, found.id):
                    faults.append(problems)
                told = {found.path(path).read_text() for path in ("map.html", "report/quality.json")}
                seen.add(frozenset(told))
            except EditionError as error:
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 8):
        publish(store, tmp_path, str(number))
    store.rollback(REGION, PREVIOUS)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(seen) > 1
    assert all(len({text.strip('<>/p"') for text in told}) == 1 for told in seen)


def test_only_one_publishes_at_a_time(store: Store, tmp_path: Path) -> None:
    other = Store(store.layout.home)
    with (
        store.lock(REGION),
        pytest.raises(BusyError, match=rf"region-miniature is being worked on by process {os.getpid()} since 20"),
    ):
        publish(other, tmp_path)
    edition(other, tmp_path)


def test_another_thread_of_the_same_store_is_another_worker(store: Store) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            with store.lock(REGION):
                pass
        except BusyError as error:
            errors.append(error)

    with store.lock(REGION), store.lock(REGION):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(errors) == 1
    work()
    assert len(errors) == 1


def test_a_lock_ends_though_a_forked_worker_lives_on(store: Store) -> None:
    with store.lock(REGION):
        worker = os.fork()
        if worker == 0:
            signal.pause()
    try:
        with store.lock(REGION):
            pass
    finally:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


def test_who_waits_for_a_lock_gets_it_alone(tmp_path: Path) -> None:
    path, acts = tmp_path / "a.lock", []

    def wait() -> None:
        with file_lock(path, wait=True):
            acts.append("second")
            with pytest.raises(BusyError), file_lock(path):
                pass

    with file_lock(path):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(0.1)
        acts.append("first")
    thread.join()
    assert acts == ["first", "second"]


def test_a_lock_ends_with_its_process(store: Store) -> None:
    script = f"""
import os
from hotspots.editions import Store
lock = Store({str(store.layout.home)!r}).lock("miniature")
lock.__enter__()
os._exit(3)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 3
    with store.lock(REGION):
        pass
