"""What the registry says of a layer or field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "integer", "text", "boolean", "json"]
Extent = Literal["extensive", "intensive", "none"]
Sensitivity = Literal["open", "position", "release", "count"]


@dataclass(frozen=True)
class Classes:
    """Class breaks of a legend: ``breaks`` are the upper bounds of all classes but the last.

    ``basis`` says what the breaks are: a standard with its citation, or fixed steps. ``labels`` are words for the
    classes in place of their bounds, one each, or none.
    """

    breaks: tuple[float, ...]
    ramp: str
    basis: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One attribute of a feature table; one that is ``optional`` is left out where no data have it."""

    name: str
    title: str
    meaning: str
    kind: Kind
    unit: str | None = None
    extent: Extent = "none"
    sensitivity: Sensitivity = "open"
    classes: Classes | None = None
    optional: bool = False


@dataclass(frozen=True)
class RasterLayer:
    """One raster of an edition. ``extent`` chooses the resampler: area-weighted sum or mean.

    ``validity`` says where the values hold, None where nothing is modelled.
    """

    name: str
    title: str
    meaning: str
    unit: str
    extent: Extent
    classes: Classes
    standard: str | None = None
    validity: str | None = None


@dataclass(frozen=True)
class VectorLayer:
    """One feature table of an edition; ``id_field`` is its key."""

    name: str
    title: str
    meaning: str
    id_field: str
    geometry: Literal["point", "polygon"]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field called ``name``."""
        return next(field for field in self.fields if field.name == name)
