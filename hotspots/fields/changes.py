"""How the change of a layer from one edition to another is drawn."""

from __future__ import annotations

from hotspots.fields.kinds import Classes, RasterLayer

BASIS = "the project's own steps; green is less, brown is more"
MEANING = "The later edition less the earlier one; empty where one of the two is not assessed."
_FIRST = {"priority": 1.0, "burden": 0.1}
"""A hundredth of the score's range; of other layers it is their lowest class bound."""
LARGE = 10.0


def change_layer(layer: RasterLayer) -> RasterLayer:
    """The change of ``layer``: five classes around 0, ± its first step and ± ten times that."""
    first = _FIRST.get(layer.name, layer.classes.breaks[0])
    breaks = (-LARGE * first, -first, first, LARGE * first)
    classes = Classes(breaks, "change", BASIS)
    return RasterLayer(f"difference_{layer.name}", layer.title, MEANING, layer.unit, layer.extent, classes)
