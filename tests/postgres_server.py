"""A PostgreSQL server of its own, in a scratch folder, as a user that is not root, for as long as tests need it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

SERVER_USER = "postgres"


def programs() -> Path:
    """The folder of PostgreSQL's programs; the test is skipped where there are none, or nobody to run them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    if os.getuid() == 0 and SERVER_USER not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip(f"PostgreSQL does not run as root, and there is no user {SERVER_USER}")
    return folders[-1]


@contextmanager
def postgres(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The URL, as SQLAlchemy has it, of a server on a free port of this machine, with ``settings`` of its own."""
    folder = programs()
    user = SERVER_USER if os.getuid() == 0 else None

    def call(program: str, *arguments: str) -> None:
        command = [str(folder / program), *arguments]
        done = subprocess.run(
            command, user=user, group=user, extra_groups=[] if user else None, cwd="/", capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    with tempfile.TemporaryDirectory(prefix="hotspots-postgres-") as scratch, socket.socket() as free:
        if user:
            shutil.chown(scratch, user)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        data = f"{scratch}/data"
        call("initdb", "-D", data, "-U", "hotspots", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={scratch} -c fsync=off"
        options += "".join(f" -c {name}={value}" for name, value in settings.items())
        call("pg_ctl", "-D", data, "-l", f"{scratch}/log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://hotspots@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
