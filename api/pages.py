"""Rendering of the HTML pages: Jinja2 with everything escaped, and how numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent / "web" / "templates"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


FOLLOWS_CURRENT = {"Cache-Control": "no-cache", "Vary": "Accept"}
"""A page that follows the current edition may be kept but must be asked about."""


def page(
    template: str, status: int = 200, headers: Mapping[str, str] = FOLLOWS_CURRENT, *, root: str = "", **values: Any
) -> HTMLResponse:
    """The page of ``template``; ``root`` leads from its address to the service's own."""
    return HTMLResponse(document(template, root=root, **values), status, headers=dict(headers))


def document(template: str, **values: Any) -> str:
    """The text of ``template``, HTML or XML, with every value escaped."""
    return _environment().get_template(template).render(**values)


def to_root(request: Request) -> str:
    """What leads from the address of ``request`` to the service's own, whatever prefix that has."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return "../" * (path.count("/") - 1)


def number(value: float | None, digits: int = 3) -> str:
    """``value`` in ``digits`` significant digits, whole above 100; a dash for none."""
    if value is None:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.{digits}g}"
    return text.replace(",", THIN_SPACE)


def size(size_bytes: int) -> str:
    """A file size in words, e.g. 3.4 MB."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "size": size}
    return environment
