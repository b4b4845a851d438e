"""Front-end files inside a page, and identifiers that do not change from run to run."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from branca.element import Element
from jinja2 import Template

from tiles.assets import vendor_file

WEB = Path(__file__).resolve().parent.parent / "web"
MODULES = ("i18n.js", "dom.js", "format.js", "snapshot.js")
"""The page's own modules, those that others import first; they share one scope."""
SHEETS = ("tokens.css", "snapshot.css")
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)


def verbatim(text: str) -> Element:
    """An element that renders as ``text``: branca takes a plain string for a template, which code is not."""
    element = Element()
    element._template = Template("{{ this.text }}")
    element.text = text
    return element


def libraries() -> str:
    """Leaflet with its images as ``<style>`` and ``<script>`` elements.

    Raises
    ------
    ConfigError
        If set-up has not installed it.
    """
    style = _with_images(vendor_file("leaflet/leaflet.css"))
    text = vendor_file("leaflet/leaflet.js").read_text(encoding="utf-8")
    without_map = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    script = without_map.replace("</script", "<\\/script")
    return f"<style>{style}</style>\n<script>{script}</script>"


def styles() -> str:
    """The page's own style sheets, one after the other."""
    return "".join((WEB / "css" / name).read_text(encoding="utf-8") for name in SHEETS)


def script() -> str:
    """The page's own modules as one, for a page that has no server to import from."""
    texts = [(WEB / "js" / name).read_text(encoding="utf-8") for name in MODULES]
    return "".join(re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE) for text in texts)


def stable_ids(root: Element, html: str) -> str:
    """``html`` with the random identifiers of the elements under ``root`` numbered in order of first appearance."""
    random_ids = sorted({element._id for element in _tree(root.get_root())}, key=lambda name: (html.find(name), name))
    numbered = {name: f"{number:04d}" for number, name in enumerate(random_ids)}
    return re.sub("|".join(random_ids), lambda match: numbered[match.group()], html)


def readable_by_all(html: str, code: str, direction: str) -> str:
    """``html`` in a stated language, with the zoom by fingers that folium's header forbids (WCAG 1.4.4)."""
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    schemes = '<meta name="color-scheme" content="light dark">'
    zoomable = re.sub(r'<meta name="viewport"[^>]*>', view + schemes, html, count=1)
    return zoomable.replace("<html>", f'<html lang="{code}" dir="{direction}">', 1)


def _tree(element: Element) -> Iterator[Element]:
    yield element
    parts = [getattr(element, name, None) for name in ("header", "html", "script", "marker")]
    for child in (*element._children.values(), *(part for part in parts if isinstance(part, Element))):
        yield from _tree(child)


def _with_images(path: Path) -> str:
    def embedded(match: re.Match[str]) -> str:
        image = (path.parent / match.group(1)).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    return re.sub(r"url\(([^):]+\.png)\)", embedded, path.read_text(encoding="utf-8"))
