"""Opens an edition's folder in QGIS and says what QGIS saw, as JSON. Runs under the Python that QGIS belongs to.

Usage: python3 qgis_opens.py FOLDER PICTURE
"""

import json
import sys
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def seen(layer):
    """What QGIS knows of a layer. QGIS has applied the style beside the file by itself, as on a drag and drop."""
    _, styled = layer.loadDefaultStyle()
    about = {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "styled": styled,
        "renderer": layer.renderer().type() if layer.renderer() else None,
    }
    if isinstance(layer, QgsVectorLayer):
        return about | {"features": layer.featureCount(), "aliases": sorted(layer.attributeAliases().values())}
    return about | {"size": [layer.width(), layer.height()]}


def draw(layers, path):
    """One map of ``layers``, first on top, over the extent of the last."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[-1].crs())
    settings.setExtent(layers[-1].extent())
    settings.setOutputSize(QSize(600, 300))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(path))


def main():
    folder, picture = Path(sys.argv[1]), Path(sys.argv[2])
    application = QgsApplication([], False)
    application.initQgis()
    layers = {}
    for path in sorted(folder.glob("vectors/*")):
        if path.suffix in (".geojson", ".gpkg"):
            layers[path.name] = QgsVectorLayer(str(path), path.stem, "ogr")
        if path.suffix == ".csv":
            address = f"{path.as_uri()}?type=csv&xField=lon&yField=lat&crs=EPSG:4326"
            layers[path.name] = QgsVectorLayer(address, path.stem, "delimitedtext")
    for path in sorted(folder.glob("rasters/*.tif")):
        layers[path.name] = QgsRasterLayer(str(path), path.stem)
    draw([layers["sources.gpkg"], layers["hotspots.gpkg"], layers["priority.tif"]], picture)
    json.dump(
        {"version": Qgis.QGIS_VERSION, "layers": {name: seen(layer) for name, layer in layers.items()}}, sys.stdout
    )
    layers.clear()
    application.exitQgis()


if __name__ == "__main__":
    main()
