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
            "source_id, or municipal:<group>:<sector> for what people release and gridded:<group>:<sector> for what an "
            "inventory's grid says: of the group that releases it, at units of the group where it arrives.",
            "text",
        ),
        Field("contributor_kind", "Kind of contributor", "source, municipal or gridded.", "text"),
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

STANDARDS = ReportTable(
    "standards",
    "standards.csv",
    "People above standards",
    "People above annual levels of ambient air in the region, each unit and each hotspot; from ambient totals only.",
    (
        Field("zone", "Kind of zone", "region, unit or hotspot.", "text"),
        Field("zone_id", "Zone", "The region's id, unit_id or hotspot_id.", "text"),
        Field("zone_name", "Name of the zone", "As in its layer.", "text"),
        Field("pollutant", "Pollutant", "Id of the pollutant.", "text"),
        Field("standard", "Standard", "guideline (WHO 2021), interim_target_1 … or national_limit.", "text"),
        Field("level_ug_m3", "Level", "The annual mean that is compared with.", "number", "µg/m³", "intensive"),
        Field(
            "people_above",
            "People above",
            "People where the ambient total is above the level; empty where it is known for nobody.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field(
            "people_assessed",
            "People assessed",
            "People for whom the ambient total is known.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field("share_above", "Share above", "people_above / people_assessed, 0–1.", "number", "1", "intensive"),
        Field("ambient_total", "Ambient total", "What the ambient total is made of.", "text"),
        Field("citation", "Citation", "Where the level is from.", "text"),
    ),
)

SENSITIVITY = ReportTable(
    "sensitivity",
    "sensitivity.csv",
    "Sensitivity of the first hotspots",
    "What becomes of the 10 first hotspots (dimension all) where one choice of the method is another one.",
    (
        Field("case", "Case", "What is chosen otherwise.", "text"),
        Field("published", "Published choice", "What the edition was made with.", "text"),
        Field("changed", "Other choice", "What it is in this case.", "text"),
        Field("hotspots", "Hotspots", "How many there are in this case.", "integer"),
        Field("top", "Published first hotspots", "10, or fewer where there are not so many.", "integer"),
        Field(
            "kept",
            "First hotspots kept",
            "Published first hotspots at least half of whose people live in the first hotspots of this case.",
            "integer",
        ),
        Field(
            "overlap_people",
            "Overlap by people",
            "People in the first hotspots of both, over people in those of either.",
            "number",
            "1",
        ),
        Field(
            "overlap_area",
            "Overlap by area",
            "Area of the first hotspots of both, over the area of those of either.",
            "number",
            "1",
        ),
        Field(
            "rank_correlation",
            "Rank correlation",
            "Spearman, over all published hotspots, of their rank and that of the hotspot of this case that holds most "
            "of their people; empty where fewer than 3 are held.",
            "number",
            "1",
        ),
    ),
)

WATER_BALANCE = ReportTable(
    "water_balance",
    "water_balance.csv",
    "Mass balance of rivers",
    "What became of the load of each pollutant that is released to rivers: released = out + decayed + stored.",
    (
        Field("pollutant", "Pollutant", "Id of the pollutant.", "text"),
        Field("released_kg_yr", "Released", "To rivers that are known.", "number", "kg/yr", "extensive"),
        Field("out_kg_yr", "Out", "Leaves the network at its mouths.", "number", "kg/yr", "extensive"),
        Field("decayed_kg_yr", "Decayed", "In rivers and lakes.", "number", "kg/yr", "extensive"),
        Field("stored_kg_yr", "Stored", "Reaches the ends of endorheic basins.", "number", "kg/yr", "extensive"),
        Field(
            "unrouted_kg_yr",
            "Not routed",
            "Released where no river or stream is known, or water comes to a dead end; no part of released.",
            "number",
            "kg/yr",
            "extensive",
        ),
        Field("error_share", "Error", "(released - out - decayed - stored) / released.", "number", "1"),
    ),
)

INTAKES = ReportTable(
    "intakes",
    "intakes.csv",
    "Drinking-water intakes",
    "Modelled raw water at each intake, by pollutant and (all) for the scored ones together. The people served are "
    "exposed to it, before any treatment. Positions are not published.",
    (
        Field("intake_id", "Identifier", "As in the dataset.", "text"),
        Field("name", "Name", "As in the dataset.", "text"),
        Field("people_served", "People served", "As in the dataset.", "number", "people", "extensive", "count"),
        Field("stream_distance_m", "Distance to its stream", "How far it was moved.", "number", "m"),
        Field("reason", "Why not assessed", "Reason code; empty where it is assessed.", "text"),
        Field("pollutant", "Pollutant", "Id, or all for the scored ones together.", "text"),
        Field("concentration_mg_l", "Concentration", "Annual mean in the river.", "number", "mg/L", "intensive"),
        Field("level_mg_l", "Reference level", "Screening reference; no limit of drinking water.", "number", "mg/L"),
        Field("hazard_quotient", "Hazard quotient", "Concentration / level; of all, the sum.", "number", "1"),
        Field("exposure", "Exposure", "People served × hazard quotient.", "number", "person · hazard quotient"),
    ),
)

EVALUATION = ReportTable(
    "evaluation",
    "evaluation.csv",
    "Model and monitors",
    "How modelled annual totals meet what monitors measured, by pollutant; figures only where the two are comparable.",
    (
        Field("pollutant", "Pollutant", "Id of the pollutant.", "text"),
        Field("monitors", "Monitors", "Monitors of the pollutant.", "integer"),
        Field("period_start", "From", "First day of any of them.", "text"),
        Field("period_end", "To", "Last day of any of them.", "text"),
        Field("n", "Compared", "Monitors that could be compared.", "integer"),
        Field("mean_modelled_ug_m3", "Modelled mean", "Of the compared.", "number", "µg/m³", "intensive"),
        Field("mean_observed_ug_m3", "Observed mean", "Of the compared.", "number", "µg/m³", "intensive"),
        Field("nmb", "Normalised mean bias", "(ΣM − ΣO) / ΣO.", "number", "1", "intensive"),
        Field("fac2", "FAC2", "Share with O/2 ≤ M ≤ 2 O.", "number", "1", "intensive"),
        Field("spearman", "Rank correlation", "Spearman's.", "number", "1", "intensive"),
        Field("remark", "Remark", "The figures in words, or why there are none.", "text"),
    ),
)


def _tonnes(name: str, title: str, meaning: str) -> Field:
    return Field(name, title, meaning, "number", "t/yr", "extensive")


COVERAGE = ReportTable(
    "coverage",
    "coverage.csv",
    "Inventory coverage",
    "What the inputs hold of all releases, by pollutant, medium and sector; sources abroad are not counted.",
    (
        Field("pollutant", "Pollutant", "As it is emitted.", "text"),
        Field("medium", "Medium", "air, water, land or sea.", "text"),
        Field("sector", "Sector", "Id of the sector; all: over the sectors.", "text"),
        Field("sources", "Sources", "Listed sources that release it.", "integer"),
        _tonnes("listed_t_yr", "Listed releases", "Of the listed sources of the region."),
        _tonnes("listed_measured_t_yr", "Measured", "Part of the listed releases, PRTR method M."),
        _tonnes("listed_calculated_t_yr", "Calculated", "Part of the listed releases, PRTR method C."),
        _tonnes("listed_estimated_t_yr", "Estimated", "Part of the listed releases, PRTR method E."),
        Field("quality", "Quality", "Lowest grade (A–E) of the listed releases.", "text"),
        _tonnes("municipal_t_yr", "Municipal releases", "People × per-person factor."),
        _tonnes("gridded_t_yr", "Gridded releases", "Of an inventory's grid, in the region's units."),
        _tonnes(
            "total_t_yr",
            "Reported total",
            "National inventory or EDGAR, as configured or as a grid sums up to; empty: not known.",
        ),
        Field("total_year", "Year of the total", "Which the reported total is of.", "integer"),
        Field("share_listed", "Share listed", "listed_t_yr / total_t_yr.", "number", "1", "intensive"),
        Field(
            "share_modelled",
            "Share modelled",
            "Listed, municipal and gridded releases / total_t_yr; above 1 where they exceed the report.",
            "number",
            "1",
            "intensive",
        ),
        Field(
            "missing",
            "Missing sectors",
            "Sectors that release it nearly everywhere and of which none is known.",
            "text",
        ),
        Field("citation", "Citation", "Where the reported total is from.", "text"),
    ),
)

REPORT_TABLES = (ATTRIBUTION, SENSITIVITY, STANDARDS, EVALUATION, WATER_BALANCE, INTAKES, COVERAGE)
