"""serve, doctor: what they print, exit codes and remedies."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from hotspots.editions import Store
from tests.command import hotspots


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_told_in_words_before_anything_is_computed(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_pipelines.refresh.refresh", lambda *_: pytest.fail("computed"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = hotspots(command, "--port", str(port))
    assert ended.code == 3
    assert f"port {port} is taken. Remedy: " in ended.error


@pytest.mark.usefixtures("store")
def test_serve_ends_cleanly_with_ctrl_c() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert f"http://127.0.0.1:{port}/" in child.stdout.readline()
        try:
            _wait_for(port)
        finally:
            child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (0, "", "")


def _wait_for(port: int) -> None:
    for _ in range(400):
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the service did not start")


@pytest.fixture
def healthy(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A machine on which `doctor` finds nothing."""
    for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("api.doctor.NEEDED_GIB", 0)
    return store


@pytest.mark.usefixtures("healthy")
def test_doctor_is_content_with_the_demonstration_alone() -> None:
    ended = hotspots("doctor")
    assert ended.code == 0, ended.out
    assert re.search(r"^ok +region jamaica: 7 datasets found$", ended.out, re.M)
    assert re.search(r"^not available +region vietnam: data not found: set HOTSPOTS_DATA$", ended.out, re.M)


@pytest.mark.usefixtures("healthy")
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GDAL_DATA", "/usr/share/gdal", "environment GDAL_DATA: set to /usr/share/gdal.*unset GDAL_DATA"),
        ("HOTSPOTS_DATA", "/nowhere", "region vietnam: .*datasets.*no such file.*under HOTSPOTS_DATA"),
        ("HOTSPOTS_CONFIG", "/nowhere", "regions: /nowhere: HOTSPOTS_CONFIG: is not a folder"),
        ("HOTSPOTS_HOME", "/dev/null/store", "HOTSPOTS_HOME: /dev/null/store: opening the store stopped"),
    ],
)
def test_doctor_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    ended = hotspots("doctor")
    assert ended.code == 1
    assert re.search(rf"^problem +{told}", ended.out, re.M), ended.out


@pytest.mark.parametrize("kind", ["nfs4", "fuse.s3fs"])
def test_doctor_refuses_a_store_on_a_network_disk(healthy: Store, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    home = healthy.layout.home
    disks = [SimpleNamespace(mountpoint=at, fstype=of) for at, of in (("/", "ext4"), (str(home.parent), kind))]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: disks)
    ended = hotspots("doctor")
    assert ended.code == 1
    assert re.search(rf"^problem +file system: {kind} is a network disk.*set HOTSPOTS_HOME to a local", ended.out, re.M)
    monkeypatch.setattr("api.doctor.default_catalogue", lambda: "postgresql+psycopg://host/name")
    assert hotspots("doctor").code == 0
    monkeypatch.setattr("api.doctor.default_catalogue", lambda: None)
    disks[1].mountpoint = str(home.parent / "elsewhere")
    assert hotspots("doctor").code == 0


@pytest.mark.usefixtures("healthy")
def test_doctor_finds_a_region_of_ones_own_without_its_data(config: Path) -> None:
    (config / "people.tif").unlink()
    ended = hotspots("doctor")
    assert ended.code == 1
    assert re.search(r"^problem +region testland: .*datasets\.population\.path: no such file", ended.out, re.M)
