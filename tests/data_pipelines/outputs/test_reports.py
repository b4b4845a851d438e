import csv
import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from data_pipelines.outputs.citation import attribution_page, citation
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
    assert table["contributor_id"].tolist() == ["facilities:1", "municipal:E", "facilities:1"]


def test_codebook_holds_what_is_published_and_nothing_else(folder, publication):
    book = json.loads(report(folder, "codebook.json"))
    assert [layer["name"] for layer in book["vectors"]] == list(publication.tables)
    for layer in book["vectors"]:
        published = [name for name in publication.tables[layer["name"]].columns if name != "geometry"]
        assert [field["name"] for field in layer["fields"]] == published
    assert [raster["name"] for raster in book["rasters"]] == list(publication.raster_layers)
    people = next(raster for raster in book["rasters"] if raster["name"] == "people")
    assert (people["unit"], people["extent"], people["classes"]["breaks"][0]) == ("people", "extensive", 1)


def test_codebook_is_the_same_in_its_three_forms(folder):
    book = json.loads(report(folder, "codebook.json"))
    names = [(layer["name"], field["name"]) for layer in book["vectors"] for field in layer["fields"]]
    names += [(raster["name"], raster["name"]) for raster in book["rasters"]]
    rows = list(csv.DictReader(report(folder, "codebook.csv").splitlines()))
    assert [(row["layer"], row["name"]) for row in rows] == names
    assert re.findall(r"^\| `(\w+)`", report(folder, "codebook.md"), re.MULTILINE) == [name for _, name in names]


def test_citation_is_cff_with_every_dataset(folder):
    text = report(folder, "CITATION.cff")
    assert text.startswith("cff-version: 1.2.0\n")
    keys = re.findall(r"^(\S+?):", text, re.MULTILINE)
    assert {"cff-version", "message", "title", "authors"} <= set(keys)
    assert text.count("  - type: data\n") == 2
    assert "date" not in keys


@pytest.mark.parametrize("title", ['He said: "#1"', "a: b", "- x", "{y}", "Đắk Lắk\n"])
def test_any_title_is_quoted_in_the_citation(title):
    assessment = miniature.assessment()
    region = replace(assessment.region, title=title)
    text = citation(publishable(replace(assessment, region=region), miniature.POLICY))
    line = next(line for line in text.splitlines() if line.startswith("title: "))
    assert json.loads(line.removeprefix("title: ")) == f"Pollution hotspots: {title}"


def test_attribution_names_licences_disclaimer_and_what_is_withheld():
    assessment = miniature.assessment()
    closed = replace(assessment.datasets[1], provides="facilities", redistribution="derived", licence="Closed")
    text = attribution_page(
        publishable(replace(assessment, datasets=(assessment.datasets[0], closed)), miniature.POLICY)
    )
    assert miniature.POLICY.disclaimer in text
    assert "Licence: Closed (only derived figures may be published)" in text
    assert "- `sources`: the licence of Facilities (Closed) allows derived figures only." in text
