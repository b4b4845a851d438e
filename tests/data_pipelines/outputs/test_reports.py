import csv
import json
import re
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_pipelines.outputs.citation import attribution_page, citation
from hotspots.fields.report_tables import ATTRIBUTION
from hotspots.policy import publishable
from tests import miniature


def report(folder, name):
    return (folder / "report" / name).read_text(encoding="utf-8-sig")


def test_quality_lists_every_issue_and_counts_them(folder):
    document = json.loads(report(folder, "quality.json"))
    (part,) = document["datasets"]
    assert (part["rows_in"], part["rows_used"], part["rows_quarantined"]) == (2, 1, 1)
    assert part["by_reason"] == [{"reason": "ZERO_COORDINATE", "outcome": "quarantined", "rows": 1}]
    assert part["issues"][0]["row"] == 2
    assert document["reasons"]["ZERO_COORDINATE"] == "Latitude and longitude are both 0."
    rows = list(csv.DictReader(report(folder, "quality.csv").splitlines()))
    assert rows == [
        {
            "dataset": "facilities",
            "file": "facilities.csv",
            "row": "2",
            "reason": "ZERO_COORDINATE",
            "outcome": "quarantined",
            "detail": "0, 0",
        }
    ]


def test_contributions_sum_to_one(folder):
    table = pd.read_csv(folder / "report" / "contributions.csv")
    assert table.groupby(["hotspot_id", "dimension"])["share"].sum().round(9).tolist() == [1.0, 1.0]
    assert table["contributor_id"].tolist() == ["facilities:1", "municipal:E:household", "facilities:1"]


def test_the_attribution_matrix_carries_its_units(folder, publication):
    table = pq.read_table(folder / "report" / "attribution.parquet")
    assert table.to_pylist() == publication.attribution.to_dict(orient="records")
    exposure = table.schema.field("exposure").metadata
    assert exposure[b"unit"] == b"people \xc3\x97 unit of the dimension's pressure"
    assert set(table.column_names) == {field.name for field in ATTRIBUTION.fields}


def test_codebook_holds_what_is_published_and_nothing_else(folder, publication):
    book = json.loads(report(folder, "codebook.json"))
    assert [layer["name"] for layer in book["vectors"]] == list(publication.tables)
    for layer in book["vectors"]:
        published = [name for name in publication.tables[layer["name"]].columns if name != "geometry"]
        assert [field["name"] for field in layer["fields"]] == published
    assert [raster["name"] for raster in book["rasters"]] == list(publication.raster_layers)
    people = next(raster for raster in book["rasters"] if raster["name"] == "people")
    assert (people["unit"], people["extent"], people["classes"]["breaks"][0]) == ("people", "extensive", 10)


def test_codebook_is_the_same_in_its_three_forms(folder):
    book = json.loads(report(folder, "codebook.json"))
    names = [(layer["name"], field["name"]) for layer in book["vectors"] + book["tables"] for field in layer["fields"]]
    names += [(raster["name"], raster["name"]) for raster in book["rasters"]]
    rows = list(csv.DictReader(report(folder, "codebook.csv").splitlines()))
    assert [(row["layer"], row["name"]) for row in rows] == names
    assert re.findall(r"^\| `(\w+)`", report(folder, "codebook.md"), re.MULTILINE) == [name for _, name in names]


def read_citation(text):
    """The part of YAML that the citation file uses: scalars, and lists of maps, whose texts are JSON strings."""
    document = {}
    rows = document
    for line in text.splitlines():
        indent, is_item, key, value = re.fullmatch(r"( *)(- )?([a-z-]+):(?: (.+))?", line).groups()
        depth = len(indent) + len(is_item or "")
        if is_item:
            parent = document if depth == 4 else document["references"][-1]
            rows = {}
            parent[list(parent)[-1]].append(rows)
        target = {0: document, 4: document["references"][-1] if "references" in document else rows}.get(depth, rows)
        target[key] = (
            [] if value is None else json.loads(value) if value[0] in '"0123456789' and value != "1.2.0" else value
        )
    return document


def test_citation_has_what_the_citation_file_format_requires(folder):
    cited = read_citation(report(folder, "CITATION.cff"))
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "dataset", "CC-BY-4.0")
    assert cited["title"] == "Pollution hotspots: Miniature"
    assert cited["message"]
    assert cited["authors"] == [{"name": "Test authority"}]
    # Of the year of publication and the edition it says nothing: equal data have equal files.
    assert set(cited) == {"cff-version", "message", "type", "title", "authors", "abstract", "license", "references"}
    assert cited["references"] == [
        {
            "type": "data",
            "title": title,
            "authors": [{"name": publisher}],
            "notes": f"{citation} (2020). Licence: CC-BY-4.0.",
            "year": 2020,
            "version": "2020",
        }
        for title, publisher, citation in (
            ("Census", "Statistics office", "Office"),
            ("Facilities", "Ministry", "Ministry"),
        )
    ]


@pytest.mark.parametrize("title", ['He said: "#1"', "a: b", "- x", "{y}", "Đắk Lắk\n", "\x9f\u2028"])
def test_any_title_is_quoted_in_the_citation(title):
    assessment = miniature.assessment()
    region = replace(assessment.region, title=title)
    text = citation(publishable(replace(assessment, region=region), miniature.POLICY))
    line = next(line for line in text.splitlines() if line.startswith("title: "))
    assert json.loads(line.removeprefix("title: ")) == f"Pollution hotspots: {title}"
    assert all(character.isprintable() for character in line)


def test_attribution_names_licences_disclaimer_and_what_is_withheld():
    assessment = miniature.assessment()
    closed = replace(assessment.datasets[1], provides="facilities", redistribution="derived", licence="Closed")
    text = attribution_page(
        publishable(replace(assessment, datasets=(assessment.datasets[0], closed)), miniature.POLICY)
    )
    assert miniature.POLICY.disclaimer in text
    assert "Licence: Closed (only derived figures may be published)" in text
    assert "- `sources`: the licence of Facilities (Closed) allows derived figures only." in text
