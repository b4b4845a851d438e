"""QGIS style files, named like the data beside them so that QGIS (3.22 and later) applies them on opening."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from hotspots.fields import Classes, RasterLayer, VectorLayer
from hotspots.policy import Publishable
from tiles.style import NOT_ASSESSED, legend

QGIS_VERSION = "3.22.0"
STYLED_BY = {"hotspots": "priority", "admin": "priority", "protected": "air_pressure"}
"""The field of each polygon layer that the colours show."""
POINT_COLOUR = "#1f3a5f"


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``vectors/<layer>.qml`` and ``rasters/<layer>.qml``."""
    for layer in publishable.vector_layers.values():
        yield _save(vector_style(layer), folder / "vectors" / f"{layer.name}.qml")
    for raster in publishable.raster_layers.values():
        yield _save(raster_style(raster), folder / "rasters" / f"{raster.name}.qml")


def vector_style(layer: VectorLayer) -> ET.Element:
    """Polygons graduated by the classes of the registry, points with one symbol; field titles as aliases."""
    root = _root("Symbology|Labeling|Fields")
    field = layer.field(STYLED_BY[layer.name]) if layer.name in STYLED_BY else None
    if field is None or field.classes is None:
        renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
        symbols = ET.SubElement(renderer, "symbols")
        _symbol(symbols, 0, layer.geometry, POINT_COLOUR)
    else:
        _graduated(root, layer, field.name, field.classes)
    configuration = ET.SubElement(root, "fieldConfiguration")
    aliases = ET.SubElement(root, "aliases")
    for index, item in enumerate(layer.fields):
        ET.SubElement(configuration, "field", name=item.name)
        title = f"{item.title} ({item.unit})" if item.unit else item.title
        ET.SubElement(aliases, "alias", index=str(index), field=item.name, name=title)
    names = {item.name for item in layer.fields}
    ET.SubElement(root, "previewExpression").text = '"name"' if "name" in names else f'"{layer.id_field}"'
    return root


def raster_style(layer: RasterLayer) -> ET.Element:
    """Discrete pseudocolour with the class breaks of the registry; not assessed cells stay transparent."""
    root = _root("Symbology")
    pipe = ET.SubElement(root, "pipe")
    renderer = ET.SubElement(
        pipe, "rasterrenderer", type="singlebandpseudocolor", band="1", opacity="0.8", alphaBand="-1"
    )
    shader = ET.SubElement(renderer, "rastershader")
    ramp = ET.SubElement(
        shader, "colorrampshader", colorRampType="DISCRETE", classificationMode="1", clip="0", labelPrecision="4"
    )
    for item in legend(layer.classes):
        upper = "inf" if item.upper is None else repr(float(item.upper))
        label = f"{item.label} {layer.unit}"
        ET.SubElement(ramp, "item", value=upper, color=item.colour, alpha="255", label=label)
    ET.SubElement(pipe, "brightnesscontrast", brightness="0", contrast="0", gamma="1")
    ET.SubElement(pipe, "huesaturation", saturation="0", grayscaleMode="0", colorizeOn="0")
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    return root


def _graduated(root: ET.Element, layer: VectorLayer, attribute: str, classes: Classes) -> None:
    """Classes for the values, and one rule for what has none: a graduated renderer would hide those features."""
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    rules = ET.SubElement(renderer, "rules", key="{root}")
    symbols = ET.SubElement(renderer, "symbols")
    cases = [(f'"{attribute}" IS NULL', "not assessed", NOT_ASSESSED)]
    for item in legend(classes):
        bounds = [f'"{attribute}" > {item.lower!r}'] if item.lower is not None else []
        bounds += [f'"{attribute}" <= {item.upper!r}'] if item.upper is not None else []
        cases.append((" AND ".join(bounds), item.label, item.colour))
    for number, (condition, label, colour) in enumerate(cases):
        ET.SubElement(rules, "rule", key=f"{{rule-{number}}}", symbol=str(number), filter=condition, label=label)
        _symbol(symbols, number, layer.geometry, colour)


def _root(categories: str) -> ET.Element:
    return ET.Element("qgis", version=QGIS_VERSION, styleCategories=categories)


def _symbol(symbols: ET.Element, number: int, geometry: str, colour: str) -> None:
    kind, layer_class = ("marker", "SimpleMarker") if geometry == "point" else ("fill", "SimpleFill")
    symbol = ET.SubElement(
        symbols, "symbol", type=kind, name=str(number), alpha="0.8", clip_to_extent="1", force_rhr="0"
    )
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    red, green, blue = bytes.fromhex(colour[1:])
    options = {"color": f"{red},{green},{blue},255", "outline_color": "60,60,60,255", "outline_width": "0.2"}
    options |= {"name": "circle", "size": "2.4"} if geometry == "point" else {"style": "solid", "joinstyle": "bevel"}
    mapping = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        # QGIS up to 3.24 reads <prop>, later ones <Option>.
        ET.SubElement(mapping, "Option", type="QString", name=name, value=value)
        ET.SubElement(layer, "prop", k=name, v=value)


def _save(root: ET.Element, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    path.write_text(f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{text}\n", encoding="utf-8")
    return path
