"""The quality report: what became of every row that was read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from math import isnan
from pathlib import Path

import pandas as pd

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.input_profile import REASONS, DatasetProfile
from hotspots.policy import Publishable
from hotspots.quality import COMMON_ISSUES, AppliedOverride, DatasetQuality

COLUMNS = ["dataset", "file", "row", "reason", "outcome", "detail"]


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/quality.json`` and ``report/quality.csv`` (one line an issue).

    The first has counts, every issue, which facilities of several inventories were joined or left apart, the region's
    overrides, and which sources are not routed along rivers.
    """
    quality = publishable.assessment.quality
    datasets = quality.datasets
    closed = {item.dataset for item in publishable.withheld if item.layer == "sources"}  # by licence
    path = folder / "report" / "quality.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "datasets": [_dataset(part) for part in datasets],
        "facilities_joined": [asdict(match) for match in quality.matches if closed.isdisjoint(match.datasets)],
        "facilities_left_apart": [list(pair) for pair in quality.left_apart if not _of(closed, *pair)],
        "overrides": [_override(item) for item in quality.overrides if not _of(closed, item.override.source_id)],
        "profiles": [_profile(part) for part in quality.profiles],
        "accepted": [asdict(finding) for finding in quality.accepted],
        "sources_not_routed": _not_routed(publishable),
        "reasons": {**COMMON_ISSUES, **REASONS},
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    yield path
    issues = [asdict(issue) for part in datasets for issue in part.issues]
    table = path.with_suffix(".csv")
    write_csv(pd.DataFrame(issues, columns=COLUMNS), table)
    yield table


def _not_routed(publishable: Publishable) -> list[dict[str, str]]:
    """The published sources whose release to water is not routed, by reason and identifier."""
    if "sources" not in publishable.tables:
        return []
    sources = publishable.tables["sources"]
    rows = sources.loc[sources["stream_reason"] != "", ["source_id", "stream_reason"]]
    ordered = rows.sort_values(["stream_reason", "source_id"])
    return [{"source_id": str(row.source_id), "reason": str(row.stream_reason)} for row in ordered.itertuples()]


def _of(closed: set[str], *sources: str) -> bool:
    """Whether one of the sources is of a dataset whose records are not published."""
    return any(name.split(":", 1)[0] in closed for name in sources)


def _override(item: AppliedOverride) -> dict[str, object]:
    stated = asdict(item.override)
    return {**stated, "date": item.override.date.isoformat(), "found": item.found, "before": item.before}


def _profile(part: DatasetProfile) -> dict[str, object]:
    """As JSON, in which NaN is null."""
    levels = {
        name: {key: None if isnan(value) else value for key, value in asdict(level).items()}
        for name, level in part.levels.items()
    }
    return {**asdict(part), "levels": levels}


def _dataset(part: DatasetQuality) -> dict[str, object]:
    counts = [
        {"reason": reason, "outcome": outcome, "rows": count} for (reason, outcome), count in part.by_reason().items()
    ]
    return {
        "dataset": part.dataset,
        "file": part.file,
        "rows_in": part.rows_in,
        "rows_used": part.rows_used,
        "rows_quarantined": part.rows_quarantined,
        "by_reason": counts,
        "issues": [asdict(issue) for issue in part.issues],
    }
