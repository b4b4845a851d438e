"""The fields of the tables that stand beside the layers of an edition."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.fields.kinds import Field


@dataclass(frozen=True)
class ReportTable:
    """A table without shapes in the folder report; ``file`` is its name there."""

    name: str
    file: str
    title: str
    meaning: str
    fields: tuple[Field, ...]


ATTRIBUTION = ReportTable(
    "attribution",
    "attribution.parquet",
    "Attribution matrix",
    "Exposure of each hotspot, administrative unit and the region that each contributor causes, by dimension and "
    "pollutant; what is 0 has no row. Summed over contributors and pollutants it is the modelled exposure.",
    (
        Field("receptor_kind", "Kind of receptor", "hotspot, unit or region.", "text"),
        Field("receptor_id", "Receptor", "hotspot_id, unit_id or the region's id.", "text"),
        Field("dimension", "Dimension", "air, freshwater, land or marine.", "text"),
        Field(
            "contributor_id",
            "Contributor",
            "source_id, or municipal:<group>:<sector> for what people release: of the group that releases it, at units "
            "of the group where it arrives.",
            "text",
        ),
        Field("contributor_kind", "Kind of contributor", "source or municipal.", "text"),
        Field("contributor_name", "Name of the contributor", "Of a source, or sector and group of units.", "text"),
        Field("sector", "Sector", "Sector of the contributor.", "text"),
        Field("pollutant", "Pollutant", "As it is emitted; empty where nearness is what counts (land).", "text"),
        Field(
            "exposure",
            "Exposure",
            "People × pressure that the contributor causes, in the unit of the dimension's exposure: what would end if "
            "the release of this pollutant stopped.",
            "number",
            "people × unit of the dimension's pressure",
            "extensive",
        ),
        Field("share", "Share", "Part of the receptor's exposure in this dimension; they sum to 1.", "number", "1"),
    ),
)

REPORT_TABLES = (ATTRIBUTION,)
