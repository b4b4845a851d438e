"""The servers under load: this service and its peers, each with two workers on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from benchmarks.serve.load import Asked, fetched
from benchmarks.serve.tables import fill
from hotspots.editions import Edition
from tests.postgres_server import postgres

PINNED = Path(__file__).with_name("peers.txt")
VENVS = Path("build/peers")
WORKERS = 2
READY_S = 60.0
SERVE = "from api.cli import main; main()"
TILE_READING = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200", "VSI_CACHE": "TRUE"}
"""What titiler's own guide to performance recommends for local files."""
DATABASE = {
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "32MB",
    "random_page_cost": "1.1",
    "jit": "off",
}
"""PostgreSQL for a data set that fits in memory: everything tipg reads stays in its buffers."""


class NotRunError(Exception):
    """A peer cannot be run on this machine, and why."""


@dataclass(frozen=True)
class Server:
    """A running server: its address and the processes that belong to it."""

    name: str
    address: str
    pids: tuple[int, ...]


@contextmanager
def service(edition: Edition) -> Iterator[Server]:
    """This service over the store that holds ``edition``, as it is started everywhere."""
    port = _free_port()
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", str(WORKERS)]
    environment = {"HOTSPOTS_HOME": str(edition.folder.parents[2]), "PYTHONPATH": str(Path.cwd())}
    with _running("this service", command, environment, port, "/health/ready") as server:
        yield server


@contextmanager
def titiler() -> Iterator[Server]:
    """titiler.application on uvicorn with uvloop and httptools, no access log."""
    python = _venv("titiler", "titiler.application")
    port = _free_port()
    command = _uvicorn(python, "titiler.application.main:app", port)
    with _running("titiler", command, TILE_READING, port, "/healthz") as server:
        yield server


@contextmanager
def tipg(edition: Edition) -> Iterator[Server]:
    """tipg on uvicorn with uvloop and httptools, no access log, and a PostGIS of its own with the edition's layers."""
    python = _venv("tipg", "tipg")
    try:
        with postgres(DATABASE) as url:
            address = url.replace("+psycopg", "")
            try:
                fill(address, edition)
            except psycopg.errors.FeatureNotSupported as error:
                raise NotRunError("PostGIS is not installed (Debian: postgresql-postgis)") from error
            port = _free_port()
            with psycopg.connect(address) as connection:
                # A backend is not asked for its own process, but for that of the server that started it.
                data = connection.execute("SHOW data_directory").fetchone()
            postmaster = int((Path(data[0]) / "postmaster.pid").read_text().splitlines()[0])
            command = _uvicorn(python, "tipg.main:app", port)
            environment = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]'}
            with _running("tipg", command, environment, port, "/healthz", (postmaster,)) as server:
                yield server
    except pytest.skip.Exception as error:
        raise NotRunError(str(error)) from error


@contextmanager
def nginx(folder: Path, scratch: Path) -> Iterator[Server]:
    """nginx as a plain file server of ``folder``: as many workers, sendfile, no access log."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise NotRunError("nginx is not installed (Debian: nginx-light)")
    port = _free_port()
    settings = scratch / "nginx.conf"
    settings.write_text(
        f"""daemon off; worker_processes {WORKERS}; pid {scratch}/nginx.pid; error_log /dev/null;
        {"user root;" if os.getuid() == 0 else ""}
        events {{}}
        http {{
            access_log off; sendfile on; tcp_nopush on; client_body_temp_path {scratch}/body;
            server {{ listen 127.0.0.1:{port}; root {folder}; }}
        }}
        """
    )
    with _running("nginx", [program, "-c", str(settings), "-p", str(scratch)], {}, port, "/manifest.json") as server:
        yield server


def versions() -> dict[str, str]:
    """What is compared, from the file that pins it."""
    lines = [line.split("==") for line in PINNED.read_text(encoding="utf-8").splitlines() if "==" in line]
    told = {"titiler-application", "rio-tiler", "rasterio", "tipg", "asyncpg", "uvicorn"}
    return {name: version for name, version in lines if name in told}


def _venv(name: str, package: str) -> Path:
    """The Python of the peer's own environment, made where it is not there; the versions are those of peers.txt."""
    folder = (VENVS / name).absolute()
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    pinned = PINNED.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == pinned:
        return python
    wanted = [package, "uvicorn", "uvloop", "httptools"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-qq", "-c", str(PINNED), *wanted], check=True)
    except subprocess.CalledProcessError as error:
        raise NotRunError(f"{package} could not be installed") from error
    stamp.write_text(pinned, encoding="utf-8")
    return python


def _uvicorn(python: Path, application: str, port: int) -> list[str]:
    run = [str(python), "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    return [*run, "--workers", str(WORKERS), "--no-access-log", "--log-level", "warning"]


@contextmanager
def _running(
    name: str, command: Sequence[str], environment: dict[str, str], port: int, ready: str, others: tuple[int, ...] = ()
) -> Iterator[Server]:
    """A program in a session of its own, so that an interrupt reaches only us, who then stop it."""
    with subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            server = Server(name, f"http://127.0.0.1:{port}", (process.pid, *others))
            _wait(server, process, ready)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(server: Server, process: subprocess.Popen[bytes], path: str) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotRunError(f"{server.name} ended with code {process.returncode}")
        try:
            fetched(server.address, Asked(path))
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise NotRunError(f"{server.name} did not answer within {READY_S:g} s")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
