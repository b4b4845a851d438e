"""Front-end libraries inside a page, and identifiers that do not change from run to run."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from branca.element import Element
from jinja2 import Template

from tiles.assets import vendor_file

STYLE_SHEETS = ("leaflet/leaflet.css",)
SCRIPTS = ("leaflet/leaflet.js", "jquery/jquery.min.js")


def verbatim(text: str) -> Element:
    """An element that renders as ``text``: branca takes a plain string for a template, which code is not."""
    element = Element()
    element._template = Template("{{ this.text }}")
    element.text = text
    return element


def require_libraries() -> None:
    """Raise ConfigError unless the front-end files that go into the page are installed."""
    for name in (*STYLE_SHEETS, *SCRIPTS):
        vendor_file(name)


def inlined_libraries() -> str:
    """Leaflet with its images, and jQuery, as ``<style>`` and ``<script>`` elements."""
    styles = [f"<style>{_style_sheet(name)}</style>" for name in STYLE_SHEETS]
    scripts = [f"<script>{_script(name)}</script>" for name in SCRIPTS]
    return "\n".join((*styles, *scripts))


def stable_ids(root: Element, html: str) -> str:
    """``html`` with the random identifiers of the elements under ``root`` numbered in order of first appearance."""
    random_ids = sorted({element._id for element in _tree(root.get_root())}, key=lambda name: (html.find(name), name))
    numbered = {name: f"{number:04d}" for number, name in enumerate(random_ids)}
    return re.sub("|".join(random_ids), lambda match: numbered[match.group()], html)


def readable_by_all(html: str) -> str:
    """``html`` in a stated language, with the zoom by fingers that folium's header forbids (WCAG 1.4.4)."""
    view = '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    zoomable = re.sub(r'<meta name="viewport"[^>]*>', view, html, count=1)
    return zoomable.replace("<html>", '<html lang="en">', 1)


def _tree(element: Element) -> Iterator[Element]:
    yield element
    parts = [getattr(element, name, None) for name in ("header", "html", "script", "marker")]
    for child in (*element._children.values(), *(part for part in parts if isinstance(part, Element))):
        yield from _tree(child)


def _style_sheet(name: str) -> str:
    path = vendor_file(name)

    def embedded(match: re.Match[str]) -> str:
        image = (path.parent / match.group(1)).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    return re.sub(r"url\(([^):]+\.png)\)", embedded, path.read_text(encoding="utf-8"))


def _script(name: str) -> str:
    text = vendor_file(name).read_text(encoding="utf-8")
    without_map = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return without_map.replace("</script", "<\\/script")
