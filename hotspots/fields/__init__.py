"""One registry of every layer and field.

Codebook, legends, schemas, queryables, style files and the policy walk are generated from it. A field that is not
here is not published.
"""

from hotspots.fields.groups import RASTER_GROUPS, raster_group
from hotspots.fields.kinds import Classes, Field, RasterLayer, VectorLayer
from hotspots.fields.rasters import DIMENSION_TITLES, PRESSURE_NOTES, PRESSURE_UNITS, raster_layers
from hotspots.fields.vectors import vector_layers

__all__ = [
    "DIMENSION_TITLES",
    "PRESSURE_NOTES",
    "PRESSURE_UNITS",
    "RASTER_GROUPS",
    "Classes",
    "Field",
    "RasterLayer",
    "VectorLayer",
    "raster_group",
    "raster_layers",
    "vector_layers",
]
