"""Run the service."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import uvicorn
from rich.console import Console

from api.app import create_app
from api.settings import HOME_VARIABLE
from hotspots.errors import ConfigError

GRACE_S = 10


def serve(
    home: str | Path | None = None, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, page: str = "/"
) -> None:
    """Serve the editions in ``home`` until interrupted; prints the address of ``page``.

    Raises
    ------
    ConfigError
        If the address cannot be listened on.
    """
    check_free(host, port)
    app = create_app(home)
    Console().print(f"Serving at [link]http://{_shown(host)}:{port}{page}[/link]  (Ctrl-C stops)", highlight=False)
    if workers == 1:
        uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=GRACE_S)
        return
    os.environ[HOME_VARIABLE] = str(app.state.editions.store.layout.home)
    uvicorn.run(
        "api.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )


def _shown(host: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown


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
