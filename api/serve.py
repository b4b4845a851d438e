"""Run the service."""

from __future__ import annotations

import errno
import os
import socket

import psutil
import uvicorn
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.observing import log_to_stderr
from api.settings import LOOPBACK_HOSTS, Settings
from hotspots.errors import ConfigError

GRACE_S = 10


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, page: str = "/") -> None:
    """Serve until interrupted; prints the address of ``page``.

    Raises
    ------
    ConfigError
        If the address cannot be listened on.
    """
    check_free(host, port)
    here = settings.public_url or f"http://{_shown(host)}:{port}"
    Console().print(f"Serving at [link]{here}{page}[/link]  (Ctrl-C stops)", highlight=False)
    if workers == 1:
        log_to_stderr()
        uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", timeout_graceful_shutdown=GRACE_S)
        return
    os.environ.update(settings.environment())
    config = uvicorn.Config(
        "api.app:of_worker",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )
    listening = config.bind_socket()
    # asyncio sets this only where a socket names its protocol, which this one does not: small answers waited 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Multiprocess(config, sockets=[listening]).run()


def _shown(host: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return _bracketed(shown)


def own_hosts(host: str) -> frozenset[str]:
    """The hosts under which a service that listens on ``host`` is reached without a proxy: loopback, and that address.

    Where it listens on all addresses of the machine: each of them, and the machine's name.
    """
    if host not in {"0.0.0.0", "::"}:
        return LOOPBACK_HOSTS | {_bracketed(host)}
    addresses = {
        _bracketed(entry.address.partition("%")[0])
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family in {socket.AF_INET, socket.AF_INET6}
    }
    return LOOPBACK_HOSTS | addresses | {socket.gethostname().lower()}


def _bracketed(host: str) -> str:
    bare = host.lower()
    return f"[{bare}]" if ":" in bare and not bare.startswith("[") else bare


def check_free(host: str, port: int) -> None:
    """Say in words, before anything starts, that the address cannot be had.

    Raises
    ------
    ConfigError
        If the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise ConfigError(
                f"port {port} is taken." if taken else f"cannot listen there ({error.strerror}).",
                source=f"{host}:{port}",
                remedy="Stop the other program, or choose another port with --port.",
            ) from error
