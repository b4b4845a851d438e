"""serve, doctor."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from api.console import out, printable

LOOPBACK = "127.0.0.1"
PROBLEM_FOUND = 1
STYLES = {"ok": "green", "not available": "yellow", "problem": "red"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots serve --port 8080")(serve)
    app.command(epilog="Example: hotspots doctor")(doctor)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")] = LOOPBACK,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    public_url: Annotated[
        str | None,
        typer.Option(
            envvar="HOTSPOTS_PUBLIC_URL", help="Address that links lead to, e.g. https://data.example.org/pollution."
        ),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(envvar="HOTSPOTS_ALLOWED_HOSTS", help="A further name the service is asked for by; repeatable."),
    ] = None,
) -> None:
    """Serve the published editions until Ctrl-C: the web map, files, tiles and the API."""
    serve_editions(port, host, workers, public_url=public_url, allowed_hosts=tuple(allowed_host or ()))


def serve_editions(
    port: int = 8000,
    host: str = LOOPBACK,
    workers: int = 1,
    page: str = "/",
    public_url: str | None = None,
    allowed_hosts: tuple[str, ...] = (),
) -> None:
    """Serve until interrupted; ``page`` is where the printed address points."""
    from api.serve import own_hosts
    from api.serve import serve as run_server
    from api.settings import Settings, checked_public_url
    from hotspots.editions import default_home

    settings = Settings(
        default_home(),
        public_url=None if public_url is None else checked_public_url(public_url),
        allowed_hosts=own_hosts(host) | {name.lower() for name in allowed_hosts},
    )
    run_server(settings, host=host, port=port, workers=workers, page=page)


def doctor() -> None:
    """Look for what commonly keeps the service from working, and say what to do about it; exit code 1 if it does."""
    from api.doctor import examine
    from hotspots.editions import default_home

    findings = examine(default_home())
    for found in findings:
        line = f"  {found.subject}: {printable(found.text)}"
        out.print(Text.assemble((f"{found.state:<13}", STYLES[found.state]), line), soft_wrap=True)
    if any(found.state == "problem" for found in findings):
        raise typer.Exit(PROBLEM_FOUND)
