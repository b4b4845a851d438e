"""Rendering of the HTML pages: Jinja2 with everything escaped, in one of the pages' languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.i18n import ENGLISH, LANGUAGES, Language, language_of

TEMPLATES = Path(__file__).resolve().parent / "web" / "templates"


FOLLOWS_CURRENT = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
"""A page that follows the current edition may be kept but must be asked about."""


def page(
    template: str,
    status: int = 200,
    headers: Mapping[str, str] = FOLLOWS_CURRENT,
    *,
    root: str = "",
    language: Language = ENGLISH,
    **values: Any,
) -> HTMLResponse:
    """The page of ``template``; ``root`` leads from its address to the service's own."""
    text = document(template, language, root=root, **values)
    return HTMLResponse(text, status, headers={**headers, "Content-Language": language.code})


def document(template: str, language: Language = ENGLISH, **values: Any) -> str:
    """The text of ``template``, HTML or XML, with every value escaped."""
    return _environment(language.code).get_template(template).render(**values)


def to_root(request: Request) -> str:
    """What leads from the address of ``request`` to the service's own, whatever prefix that has."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return "../" * (path.count("/") - 1)


@cache
def _environment(code: str) -> Environment:
    language = language_of(code)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    # Two bytes a letter instead of six: a fifth of the page in Arabic, Chinese and Russian.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    environment.globals |= {"language": language, "languages": LANGUAGES}
    environment.filters |= {
        name: getattr(language, name) for name in ("text", "told", "titled", "unit", "number", "percent", "day", "size")
    }
    return environment
