"""serve, doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from api.console import out
from api.doctor import examine
from api.serve import serve as run_server
from hotspots.editions import Store

FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots serve --port 8080")(serve)
    app.command(epilog="Example: hotspots doctor")(doctor)


def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
) -> None:
    """Serve the published editions: the web map, files, tiles and the API."""
    serve_editions(port, host, workers)


def serve_editions(port: int = 8000, host: str = "127.0.0.1", workers: int = 1, page: str = "/") -> None:
    """Serve until interrupted; ``page`` is where the printed address points."""
    run_server(Store().layout.home, host=host, port=port, workers=workers, page=page)


def doctor() -> None:
    """Look for what commonly keeps the service from working, and say what to do about it."""
    findings = examine(Store().layout.home)
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]problem[/]"
        out.print(f"{mark}  {finding.subject}: {finding.text}", soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)
