"""The style sheets take type, space, corners and colours from the tokens, and from nowhere else."""

from __future__ import annotations

import re

import pytest

from api.routes.web import WEB
from tiles.style import NOT_ASSESSED, ramp

SHEETS = ("page.css", "plain.css", "map.css", "panels.css", "report.css")
"""Of the pages that the service shows; the map to e-mail keeps its colours in the dark and has a sheet of its own."""
TOKENS = (WEB / "css" / "tokens.css").read_text(encoding="utf-8")
SCALED = re.compile(r"^(font|font-size|gap|row-gap|column-gap|margin.*|padding.*|border-radius)$")
COLOURED = re.compile(r"^(color|background|fill|stroke|box-shadow|outline|accent-color|border.*(?<!radius))$")
COMMENT, DECLARATION = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"([a-z-]+)\s*:\s*([^;{}]+)[;}]")
LENGTH = re.compile(r"(?<![\w-])-?\d*\.?\d+(rem|em|px|pt|mm|vw|vh)\b")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\brgb|\bhsl", re.IGNORECASE)


def declarations(name: str) -> list[tuple[str, str]]:
    """Property and value of each declaration outside ``@page``, where browsers know no variables."""
    text = COMMENT.sub("", (WEB / "css" / name).read_text(encoding="utf-8"))
    return DECLARATION.findall(re.sub(r"@page \{.*?\} *\}", "", text))


@pytest.mark.parametrize("name", SHEETS)
def test_only_tokens_say_how_large_and_of_what_colour(name):
    found = [
        f"{key}: {value}"
        for key, value in declarations(name)
        if (SCALED.match(key) and LENGTH.search(value)) or (COLOURED.match(key) and COLOUR.search(value))
    ]
    assert found == []


def test_what_is_no_token_is_found():
    """The patterns see what they must: a size, a colour in a shorthand; a hairline's width is none of them."""
    assert SCALED.match("margin-block") and LENGTH.search("var(--space-2) 3px")
    assert COLOURED.match("border-block-end") and COLOUR.search("1px solid #ABC")
    assert not SCALED.match("border") and not LENGTH.search("calc(-1 * var(--space-2)) 0")
    assert ("padding", "0 var(--space-3) var(--space-3)") in declarations("map.css")


def test_every_token_is_defined_and_used():
    defined = set(re.findall(r"(--[\w-]+):", TOKENS))
    files = [path for kind in ("css", "js", "templates") for path in (WEB / kind).iterdir()]
    words = "".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r"(--[a-z][\w-]*)(?![\w-]|\s*:)", words))
    sectors = {f"--sector-{group}" for group in ("power", "industry", "waste")}
    assert defined - used - sectors == set()
    assert {name for name in used if name.startswith(("--text", "--space", "--map", "--radius"))} <= defined


def test_colours_of_the_data_are_those_of_the_legends():
    """What scripts and sheets draw themselves has the colours of pictures and styles."""
    light = TOKENS[: TOKENS.index("@media")]
    assert f"--unassessed: {NOT_ASSESSED};" in light
    assert f"--less: {ramp('change', 0)};" in light
    assert f"--more: {ramp('change', 1)};" in light
