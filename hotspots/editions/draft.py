"""What is known of an edition before its files are hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import JsonValue, TypeAdapter
from pyproj import Transformer

from hotspots.consent import Decision
from hotspots.editions.durable import sha256_files
from hotspots.editions.manifest import (
    ConsentStatement,
    Content,
    DatasetSummary,
    InputFile,
    IssueCount,
    PeopleTotals,
    PolicyStatement,
    RasterEntry,
    SubjectStatus,
    VectorEntry,
    WithheldLayer,
)
from hotspots.errors import EditionError, PolicyError
from hotspots.freshness import InputAge
from hotspots.grid import AnalysisGrid
from hotspots.policy import Publishable
from hotspots.policy.statements import effect
from hotspots.quality import DatasetQuality
from hotspots.region import DatasetRef
from hotspots.result import Assessment


@dataclass(frozen=True)
class EditionDraft:
    """An edition but for its files: what it says, when and by which version it was made.

    ``accepted`` are words for the audit, one for each input that a person let in for this edition.
    """

    content: Content
    created: datetime
    software_version: str
    freshness: tuple[InputAge, ...] = ()
    accepted: tuple[str, ...] = ()


def draft(
    publishable: Publishable,
    input_files: Mapping[str, Sequence[Path]],
    *,
    created: datetime | None = None,
    software_version: str | None = None,
    freshness: Sequence[InputAge] = (),
) -> EditionDraft:
    """The draft of what ``publishable`` holds.

    Parameters
    ----------
    input_files:
        The files read for each dataset, by dataset id; each dataset of the assessment has at least one.
    created:
        When it was made; now unless given. Its UTC date begins the edition's id.
    software_version:
        The version of this package unless given.
    freshness:
        How old the inputs are; that of datasets which the edition does not name is left out.

    Raises
    ------
    EditionError
        If datasets and files do not match: an edition names every input with its hash.
    PolicyError
        If confidential counts were not audited.
    """
    if not publishable.audited:
        raise PolicyError(
            "confidential counts are behind it and were not audited.",
            source=f"region {publishable.assessment.region.id}",
            remedy="Publish it by `hotspots refresh`.",
        )
    assessment = publishable.assessment
    open_ones = {item.id for item in publishable.attributions} - assessment.applied.digests.keys()
    return EditionDraft(
        content=Content(
            region=assessment.region.id,
            title=assessment.region.title,
            bounds=_lonlat_bounds(publishable.grid),
            inputs=_inputs(publishable.attributions, input_files, assessment.applied.digests),
            method=_json_object(assessment.method),
            region_settings=_json_object(assessment.region),
            pollutants={name: _json_object(pollutant) for name, pollutant in assessment.pollutants.items()},
            status={
                subject: SubjectStatus(state=status.state, reason=status.reason)
                for subject, status in assessment.status.items()
            },
            totals=PeopleTotals(**asdict(assessment.totals)),
            assumptions=assessment.assumptions,
            notes=assessment.region.notes,
            policy=PolicyStatement(
                disclaimer=publishable.policy.disclaimer,
                statement=publishable.policy.statement,
                licence=publishable.policy.licence,
                publisher=publishable.policy.publisher,
                contact=publishable.policy.contact,
            ),
            consents=_consents(assessment),
            withheld=tuple(WithheldLayer(**asdict(item)) for item in publishable.withheld),
            rasters=tuple(
                RasterEntry(name=name, title=layer.title, unit=layer.unit)
                for name, layer in sorted(publishable.raster_layers.items())
            ),
            vectors=tuple(
                VectorEntry(name=name, title=layer.title, features=len(publishable.tables[name]))
                for name, layer in sorted(publishable.vector_layers.items())
            ),
            quality=tuple(_summary(dataset) for dataset in assessment.quality.datasets),
        ),
        created=created or datetime.now(UTC),
        software_version=software_version or version("pollution-hotspots"),
        # Of a dataset that is not open, the hash of its file would be told.
        freshness=tuple(age for age in freshness if age.dataset in open_ones),
    )


def _consents(assessment: Assessment) -> tuple[ConsentStatement, ...]:
    """What was decided of every dataset, those that were not read among them."""
    known = {item.id: item for item in (*assessment.datasets, *assessment.applied.withheld)}
    return tuple(_consent(decision, known[decision.dataset]) for decision in assessment.applied.decisions)


def _consent(decision: Decision, dataset: DatasetRef) -> ConsentStatement:
    return ConsentStatement(
        dataset=decision.dataset,
        title=dataset.title,
        country=decision.country,
        layer=decision.layer,
        precision=decision.precision.value,
        cell_deg=decision.cell_deg,
        basis=decision.basis,
        authority=decision.authority,
        purpose=decision.purpose,
        reason=decision.reason.value if decision.reason else None,
        access_right=decision.access_right,
        conf_status=decision.conf_status,
        valid_until=decision.valid_until,
        ends_at=decision.ends_at,
        effect=effect(decision, str(dataset.provides)),
        restricted_reading=decision.restricted_reading,
    )


def _inputs(
    datasets: Sequence[DatasetRef], files: Mapping[str, Sequence[Path]], digests: Mapping[str, str]
) -> tuple[InputFile, ...]:
    """The files read; of a dataset that is not open only the hash of what was let in (``digests``)."""
    known = {dataset.id: dataset for dataset in datasets}
    without = sorted({name for name in known if not files.get(name)} | {name for name in files if name not in known})
    if without:
        raise EditionError(
            "datasets and input files do not match.",
            field=", ".join(without),
            remedy="Name the files read for every dataset of the assessment, and for no other.",
        )
    open_ones = sorted(known.keys() - digests.keys())
    pairs = [(known[name], path) for name in open_ones for path in sorted(files[name], key=lambda path: path.name)]
    hashes = sha256_files(path for _, path in pairs)
    rows: list[tuple[DatasetRef, Path | None, str]] = [(known[name], None, digests[name]) for name in sorted(digests)]
    rows += [(dataset, path, sha256) for (dataset, path), sha256 in zip(pairs, hashes, strict=True)]
    return tuple(
        InputFile(
            dataset=dataset.id,
            title=dataset.title,
            publisher=dataset.publisher,
            file="" if path is None else path.name,
            sha256=sha256,
            size_bytes=None if path is None else path.stat().st_size,
            licence=dataset.licence,
            citation=dataset.citation,
            url=dataset.url,
            version=dataset.version,
            year=dataset.year,
            redistribution=dataset.redistribution,
            provides=dataset.provides,
            contact=dataset.contact,
        )
        for dataset, path, sha256 in sorted(rows, key=lambda row: row[0].id)
    )


def _summary(quality: DatasetQuality) -> DatasetSummary:
    return DatasetSummary(
        dataset=quality.dataset,
        file=quality.file,
        rows_in=quality.rows_in,
        rows_used=quality.rows_used,
        rows_quarantined=quality.rows_quarantined,
        issues=tuple(
            IssueCount(reason=reason, outcome=outcome, rows=rows)
            for (reason, outcome), rows in quality.by_reason().items()
        ),
    )


def _lonlat_bounds(grid: AnalysisGrid) -> tuple[float, float, float, float]:
    to_lonlat = Transformer.from_crs(grid.crs, "OGC:CRS84", always_xy=True)
    west, south, east, north = to_lonlat.transform_bounds(*grid.bounds, densify_pts=21)
    return (west, south, east, north)


def _json_object(value: Any) -> dict[str, JsonValue]:
    converted: dict[str, JsonValue] = TypeAdapter(dict[str, Any]).dump_python(asdict(value), mode="json")
    return converted
