"""Connects QGIS to a running service and says what QGIS saw, as JSON. Runs under the Python that QGIS belongs to.

Usage: python3 qgis_connects.py ADDRESS REGION FOLDER

Maps that it draws go to FOLDER.
"""

import json
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

MERCATOR = QgsCoordinateReferenceSystem("EPSG:3857")


def picture(layer, bounds, path):
    """How many colours ``layer`` has over ``bounds`` (degrees), the background among them; the map goes to ``path``."""
    turn = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), MERCATOR, QgsProject.instance())
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(MERCATOR)
    settings.setExtent(turn.transformBoundingBox(QgsRectangle(*bounds)))
    settings.setOutputSize(QSize(400, 300))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(path))
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    return len(colours)


def features(address, region, layer):
    """A layer by OGC API - Features, as the connection's list gives it."""
    source = QgsDataSourceUri()
    source.setParam("url", address)
    source.setParam("typename", f"{region}-{layer}")
    source.setParam("pageSize", "7")
    source.setParam("maxNumFeatures", "100000")
    return QgsVectorLayer(source.uri(False), layer, "OAPIF")


def table(layer):
    """What QGIS reads of a feature layer, every feature of it."""
    read = list(layer.getFeatures())
    box = layer.extent()
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "told": layer.featureCount(),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "names": sorted(str(feature["name"]) for feature in read),
        "people": [feature["people"] for feature in read if "people" in layer.fields().names()],
        "extent": [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()],
    }


def main():
    address, region, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    application = QgsApplication([], False)
    application.initQgis()
    with urlopen(f"{address}/tiles/{region}/current/people.json") as answer:
        raster = json.load(answer)
    with urlopen(f"{address}/tiles/{region}/current/admin.json") as answer:
        vector = json.load(answer)
    bounds = raster["bounds"]
    capabilities = f"{address}/wmts/1.0.0/WMTSCapabilities.xml"
    layers = {name: features(address, region, name) for name in ("hotspots", "admin", "sources")}
    told = {name: table(layer) for name, layer in layers.items()}
    layers["tiles"] = QgsVectorTileLayer(f"type=xyz&url={quote(vector['tiles'][0])}&zmin=0&zmax={vector['maxzoom']}")
    layers["xyz"] = QgsRasterLayer(f"type=xyz&url={quote(raster['tiles'][0])}&zmax={raster['maxzoom']}", "xyz", "wms")
    layers["wmts"] = QgsRasterLayer(
        f"crs=EPSG:3857&format=image/png&layers={region}-people&styles=default"
        f"&tileMatrixSet=WebMercatorQuad&url={quote(capabilities)}",
        "wmts",
        "wms",
    )
    for name, layer in layers.items():
        told.setdefault(name, {"valid": layer.isValid()})["colours"] = picture(layer, bounds, folder / f"{name}.png")
    json.dump(told, sys.stdout)
    layers.clear()
    application.exitQgis()


if __name__ == "__main__":
    main()
