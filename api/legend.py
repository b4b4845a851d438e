"""The legend of a raster as a picture, for clients that show one beside the map."""

from __future__ import annotations

from typing import Any

from api.pages import document

MEDIA_TYPE = "image/svg+xml"
ROW_PX, HEAD_PX, NOTE_PX = 18, 24, 22
CHARACTER_PX = 7.5
"""Width of a character of 12 px, a little more than the mean of common sans-serif fonts."""
NOTE = "Transparent: not assessed"


def size_px(about: dict[str, Any]) -> tuple[int, int]:
    """Width and height of the legend of a raster, from its entry in the edition's codebook."""
    lines = [len(_heading(about)) * 1.1, len(NOTE), *(len(part["label"]) + 5 for part in about["classes"]["items"])]
    return round(max(lines) * CHARACTER_PX) + 12, HEAD_PX + ROW_PX * len(about["classes"]["items"]) + NOTE_PX


def picture(about: dict[str, Any]) -> str:
    """The legend as SVG: a row a class, in the colours of the prebuilt tiles."""
    width, height = size_px(about)
    rows = [
        {"y": HEAD_PX + ROW_PX * index, "colour": part["colour"], "label": part["label"]}
        for index, part in enumerate(about["classes"]["items"])
    ]
    return document("legend.svg", width=width, height=height, heading=_heading(about), rows=rows, note=NOTE)


def _heading(about: dict[str, Any]) -> str:
    return str(about["title"]) if about["unit"] in {"", "1"} else f"{about['title']} ({about['unit']})"
