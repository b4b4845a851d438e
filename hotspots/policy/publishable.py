"""The policy stage: the one door between an assessment and everything that writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import xarray as xr

from hotspots.consent import ALL_LAYERS, Consent, Precision
from hotspots.errors import PolicyError
from hotspots.fields import RasterLayer, VectorLayer, raster_layers, vector_layers
from hotspots.fields.rasters import AMBIENT_LAYER_END
from hotspots.grid import AnalysisGrid
from hotspots.inventory import inventory_status
from hotspots.policy.disclosure import Disclosure
from hotspots.policy.guard import require_permitted
from hotspots.policy.masking import masked, masked_coverage, masked_hotspots, masked_mouths, masked_ranking
from hotspots.policy.small_counts import DEFAULT, SmallCounts
from hotspots.policy.statements import sentence
from hotspots.region import DatasetRef
from hotspots.result import Assessment


@dataclass(frozen=True)
class Policy:
    """What may be published of a region, and what every view of it must say."""

    disclaimer: str
    statement: str
    """What an edition is: screening for prioritisation, not compliance and not health diagnosis."""
    licence: str
    """SPDX identifier of the edition itself."""
    publisher: str
    contact: str = ""
    """Whom to write to with an objection or a question of data protection."""
    consents: tuple[Consent, ...] = ()
    """What the configuration says of consents; the catalogue's word comes before it."""
    small_counts: SmallCounts = DEFAULT
    """When a confidential count is small."""


@dataclass(frozen=True)
class Withheld:
    """Something the policy keeps back: what, of which dataset, and why."""

    layer: str
    dataset: str
    reason: str


_SEAL = object()

MATRIX_KEYS = ("receptor_kind", "receptor_id", "dimension", "pollutant")


@dataclass(frozen=True)
class Publishable:
    """An assessment after the policy. Only `publishable` makes one, and every writer accepts nothing else.

    ``tables`` holds the feature tables by layer name, in the columns and order of ``vector_layers``;
    ``rasters`` the rasters whose definitions are ``raster_layers``. ``assessment`` keeps what is not a layer:
    region, method, status, totals, assumptions, quality.
    """

    assessment: Assessment
    policy: Policy
    grid: AnalysisGrid
    rasters: xr.Dataset
    tables: Mapping[str, gpd.GeoDataFrame]
    contributions: pd.DataFrame
    attribution: pd.DataFrame
    intakes: pd.DataFrame
    raster_layers: Mapping[str, RasterLayer]
    vector_layers: Mapping[str, VectorLayer]
    attributions: tuple[DatasetRef, ...]
    withheld: tuple[Withheld, ...]
    seal: object
    disclosure: Disclosure | None = None
    """The audit of confidential counts; None where there are none."""

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise PolicyError("only publishable() makes a Publishable.", remedy="Call publishable(assessment, policy).")

    @property
    def audited(self) -> bool:
        """Whether the confidential counts behind it, if any, were audited."""
        return self.disclosure is not None or not any(item.confidential_counts for item in self.attributions)


REPEATED_IN = {
    "population": "people",
    "facilities": "sources",
    "protected_areas": "protected",
    "units": "admin",
    "intakes": "intakes",
    "observations": "observations",
}
"""The layer that repeats the rows or cells of a dataset, by what the dataset provides."""


def publishable(assessment: Assessment, policy: Policy) -> Publishable:
    """What ``policy`` lets out of ``assessment``.

    What repeats the rows or cells of a dataset whose licence forbids re-publishing them is withheld: the sources of
    that dataset, or the whole layer. What is derived from it stays; contributors among those sources are summed and
    not named.

    Raises
    ------
    PolicyError
        If a dataset may not even be used for derived figures, or sources are among them that the policy withholds.
    """
    require_permitted(assessment)
    for dataset in assessment.datasets:
        if dataset.redistribution == "none":
            raise PolicyError(
                "its licence allows nothing derived from it to be published.",
                source=f"dataset {dataset.id}",
                field="redistribution",
                remedy="Take the dataset out of the region, or obtain and record a licence.",
            )
    pollutants = assessment.pollutants.values()
    features = vector_layers(pollutants)
    all_tables = {
        "hotspots": assessment.hotspots,
        "sources": assessment.sources,
        "admin": assessment.units,
        "protected": assessment.protected,
        "observations": assessment.observations,
    }
    rows_withheld = _rows_withheld(assessment)
    kept_back = {item.layer for item in rows_withheld} - {"sources"}
    closed = _closed_sources(assessment.sources, rows_withheld)
    assessment = _without_small_sums(assessment, closed)
    all_tables["sources"] = assessment.sources[~assessment.sources["source_id"].isin(closed)].reset_index(drop=True)
    all_tables["river_mouths"] = masked_mouths(assessment.river_mouths, closed)
    all_tables["hotspots"] = masked_hotspots(assessment.hotspots, assessment.sources, closed)
    tables = {
        name: table[[*(field.name for field in features[name].fields if field.name in table), "geometry"]]
        for name, table in all_tables.items()
        if table is not None and name not in kept_back
    }
    rasters = {
        name: layer
        for name, layer in raster_layers(pollutants).items()
        if name in assessment.layers and name not in kept_back
    }
    return Publishable(
        assessment=assessment,
        policy=policy,
        grid=assessment.grid,
        rasters=assessment.layers[list(rasters)],
        tables=tables,
        contributions=masked_ranking(assessment.contributions, closed),
        intakes=assessment.intakes.iloc[:0] if "intakes" in kept_back else assessment.intakes,
        attribution=masked(assessment.attribution, closed, MATRIX_KEYS),
        raster_layers=rasters,
        vector_layers={
            name: replace(
                features[name], fields=tuple(f for f in features[name].fields if f.name in table or not f.optional)
            )
            for name, table in tables.items()
        },
        attributions=assessment.datasets,
        withheld=(*_by_licence(assessment), *_by_consent(assessment)),
        seal=_SEAL,
    )


def _without_small_sums(assessment: Assessment, closed: frozenset[str]) -> Assessment:
    """The assessment whose table of coverage tells no sum over few closed sources, and whose status none either."""
    if not closed:
        return assessment
    coverage = masked_coverage(assessment.coverage, assessment.sources, assessment.releases, closed)
    status = inventory_status(coverage, assessment.pollutants.values())
    return replace(assessment, coverage=coverage, status={**assessment.status, "inventory": status})


def _by_consent(assessment: Assessment) -> tuple[Withheld, ...]:
    """What the consents keep back: whole datasets, of which nothing is in the assessment, and layers."""
    known = {dataset.id: dataset for dataset in (*assessment.datasets, *assessment.applied.withheld)}
    found = []
    for item in assessment.applied.decisions:
        if item.precision is Precision.WITHHELD:
            provides = str(known[item.dataset].provides)
            layer = REPEATED_IN.get(provides, provides) if item.layer == ALL_LAYERS else item.layer
            found.append(Withheld(layer, item.dataset, sentence(item, known[item.dataset].title)))
    return tuple(found)


def _rows_withheld(assessment: Assessment) -> tuple[Withheld, ...]:
    """Rows that are in the assessment and not to be repeated, by licence or by the consent for their layer."""
    layers = tuple(
        Withheld(item.layer, item.dataset, "")
        for item in assessment.applied.decisions
        if item.precision is Precision.WITHHELD and item.layer != ALL_LAYERS
    )
    return (*_by_licence(assessment), *layers)


def _by_licence(assessment: Assessment) -> tuple[Withheld, ...]:
    return tuple(
        Withheld(
            layer,
            dataset.id,
            f"the licence of {dataset.title} ({dataset.licence}) allows derived figures only",
        )
        for dataset in assessment.datasets
        if dataset.redistribution == "derived"
        for layer in _repeats(dataset, assessment)
    )


def _repeats(dataset: DatasetRef, assessment: Assessment) -> tuple[str, ...]:
    """The layers that repeat the rows or cells of ``dataset``."""
    if dataset.provides == "ambient":
        return tuple(str(name) for name in assessment.layers if str(name).endswith(AMBIENT_LAYER_END))
    return (REPEATED_IN[dataset.provides],) if dataset.provides in REPEATED_IN else ()


def _closed_sources(sources: gpd.GeoDataFrame, withheld: tuple[Withheld, ...]) -> frozenset[str]:
    """The sources that a closed dataset names."""
    closed = {item.dataset for item in withheld if item.layer == "sources"}
    named = sources["datasets"].map(lambda text: not closed.isdisjoint(part.strip() for part in text.split(",")))
    return frozenset(sources.loc[named.astype(bool), "source_id"])
