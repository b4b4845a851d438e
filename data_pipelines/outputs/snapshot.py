"""The snapshot: one HTML file with a map that opens offline and asks nothing of any server."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import folium
from branca.element import Element

from data_pipelines.outputs.inline import inlined_libraries, readable_by_all, stable_ids, verbatim
from data_pipelines.outputs.snapshot_layers import boundaries, hotspots, sources
from data_pipelines.outputs.snapshot_panel import STYLE, panel
from hotspots.fields import RasterLayer
from hotspots.policy import Publishable
from tiles.picture import Frame, frame, webp

PICTURES = ("priority", "burden", "air_pressure", "land_pressure")
"""The raster behind the hotspots: the first of these that is published."""
ZOOM_STEP = 0.25
"""Whole zoom levels would leave a region as small as half the window."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``map.html``.

    Raises
    ------
    ConfigError
        If set-up has not installed Leaflet and jQuery.
    """
    path = folder / "map.html"
    path.write_text(page(publishable), encoding="utf-8", newline="\n")
    yield path


def page(publishable: Publishable) -> str:
    """The whole page as text; equal publishables give equal text."""
    snapshot = folium.Map(
        tiles=None, control_scale=True, font_size="14px", attribution_control=False, zoom_snap=ZOOM_STEP
    )
    snapshot.default_js, snapshot.default_css = [], []
    figure = snapshot.get_root()
    figure.title = escape(f"Pollution hotspots: {publishable.assessment.region.title}")
    figure.header.add_child(verbatim(inlined_libraries() + f"<style>{STYLE}</style>"), name="libraries")
    shown = next((name for name in PICTURES if name in publishable.raster_layers), None)
    raster = publishable.raster_layers[shown] if shown else None
    target = frame(publishable.grid)
    if raster is not None:
        _picture(publishable, raster, target).add_to(snapshot)
    for layer in (*boundaries(publishable), *hotspots(publishable), *sources(publishable)):
        layer.add_to(snapshot)
    folium.LayerControl(collapsed=True).add_to(snapshot)
    # The region and not its sources: those across the border may lie far out.
    snapshot.fit_bounds(_corners(target), padding=(12, 12))
    figure.html.add_child(verbatim(panel(publishable, raster)), name="panel")
    return readable_by_all(stable_ids(snapshot, figure.render()))


def _corners(target: Frame) -> list[list[float]]:
    """South-west and north-east as Leaflet takes them: latitude first."""
    (west, north), _, (east, south), _ = target.coordinates
    return [[south, west], [north, east]]


def _picture(publishable: Publishable, raster: RasterLayer, target: Frame) -> Element:
    with TemporaryDirectory() as scratch:
        image = Path(scratch) / "picture.webp"
        image.write_bytes(webp(publishable.rasters[raster.name].to_numpy(), target, raster.classes))
        return folium.raster_layers.ImageOverlay(str(image), _corners(target), name=f"{raster.title} (raster)")
