"""Run the service."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

import psutil
import uvicorn
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from api.listening import check_free, listening_at
from api.settings import LOOPBACK_HOSTS, Settings

GRACE_S = 10
LIFE_SIGN_S = 30
"""How long a worker may take to show that it lives, as it starts on a busy machine too, until another replaces it."""


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
    os.environ.update(settings.environment())
    config = uvicorn.Config(
        "api.app:of_worker",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
        timeout_worker_healthcheck=LIFE_SIGN_S,
    )
    if workers == 1:
        # It stops in good order on Ctrl-C and then passes the interrupt on.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run()
        return
    with listening_at(host, port) as listening:
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
