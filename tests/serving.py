"""The service on a free port of this machine, for as long as a test needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from api.app import create_app
from api.settings import Settings


@contextmanager
def served(home: Path, around: Callable[[ASGIApp], ASGIApp] | None = None, **settings: Any) -> Iterator[str]:
    """The address at which the store in ``home`` is served; ``settings`` are those of the application.

    ``around`` may stand between server and application, to count or to disturb.
    """
    app: ASGIApp = create_app(Settings(home, **settings))
    app = around(app) if around else app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
