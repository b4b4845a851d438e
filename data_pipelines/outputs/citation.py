"""How to cite an edition (Citation File Format 1.2.0) and whom it owes its inputs to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from hotspots.policy import Publishable
from hotspots.region import DatasetRef

_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/CITATION.cff`` and ``report/ATTRIBUTION.md``.

    Neither names the edition or a day: equal data give equal files. The edition's id stands in the manifest.
    """
    report = folder / "report"
    report.mkdir(parents=True, exist_ok=True)
    for name, text in (("CITATION.cff", citation(publishable)), ("ATTRIBUTION.md", attribution_page(publishable))):
        path = report / name
        path.write_text(text, encoding="utf-8", newline="\n")
        yield path


def citation(publishable: Publishable) -> str:
    """The citation file; JSON strings are YAML strings, so any title is quoted safely."""
    policy = publishable.policy
    message = "Please cite the edition you used: add the edition identifier of manifest.json as the version."
    lines = [
        "cff-version: 1.2.0",
        f"message: {_quoted(message)}",
        "type: dataset",
        f"title: {_quoted(_title(publishable))}",
        "authors:",
        f"  - name: {_quoted(policy.publisher)}",
        f"abstract: {_quoted(policy.statement)}",
        f"license: {_quoted(policy.licence)}",
    ]
    if publishable.attributions:
        lines.append("references:")
    for dataset in publishable.attributions:
        lines += _reference(dataset)
    return "\n".join(lines) + "\n"


def attribution_page(publishable: Publishable) -> str:
    """Datasets, licences and the statements that every copy must carry, as Markdown."""
    region, policy = publishable.assessment.region, publishable.policy
    lines = [f"# {_title(publishable)}", "", f"Published by {policy.publisher} under {policy.licence}.", ""]
    lines += [policy.statement, "", f"*{policy.disclaimer}*", ""]
    lines += [line for note in region.notes for line in (note, "")]
    lines += ["## How to cite", "", f"> {policy.publisher}. {_title(publishable)}. Edition <id of manifest.json>.", ""]
    lines += ["## Inputs", ""]
    for dataset in publishable.attributions:
        lines += _about(dataset)
    if publishable.withheld:
        lines += ["## Withheld", ""]
        lines += [f"- `{item.layer}`: {item.reason}." for item in publishable.withheld]
    return "\n".join(lines).rstrip() + "\n"


def _title(publishable: Publishable) -> str:
    return f"Pollution hotspots: {publishable.assessment.region.title}"


def _reference(dataset: DatasetRef) -> list[str]:
    notes = f"{dataset.citation.rstrip('.')}. Licence: {dataset.licence}."
    lines = [
        "  - type: data",
        f"    title: {_quoted(dataset.title)}",
        "    authors:",
        f"      - name: {_quoted(dataset.publisher)}",
        f"    notes: {_quoted(notes)}",
    ]
    lines += [f"    year: {dataset.year}"] if dataset.year is not None else []
    lines += [f"    version: {_quoted(dataset.version)}"] if dataset.version else []
    lines += [f"    url: {_quoted(dataset.url)}"] if dataset.url else []
    return lines


def _about(dataset: DatasetRef) -> list[str]:
    rights = {"raw": "rows may be re-published", "derived": "only derived figures may be published", "none": "nothing"}
    lines = [f"### {dataset.title}", "", f"- Publisher: {dataset.publisher}", f"- Citation: {dataset.citation}"]
    lines += [f"- Licence: {dataset.licence} ({rights[dataset.redistribution]})"]
    lines += [f"- Version: {dataset.version}"] if dataset.version else []
    lines += [f"- Year of the data: {dataset.year}"] if dataset.year is not None else []
    lines += [f"- <{dataset.url}>"] if dataset.url else []
    return [*lines, ""]


def _quoted(text: str) -> str:
    """A JSON string, which is a YAML string too once what YAML does not print is escaped (YAML 1.2, 5.1)."""
    return _NOT_PRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False))
