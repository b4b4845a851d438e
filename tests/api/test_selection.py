"""Filters and ranking rules: read in one place, and the same on page, report and files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import httpx
import pytest

from api.i18n import LANGUAGES
from api.selection import NO_DIMENSION, NO_FILTER, NO_INTERVAL, NO_RULE, Selection, followed, listed
from data_pipelines.outputs.write import write_all
from hotspots.editions import Store, draft
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests.api.test_report import Tables
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY, assessment
from tests.serving import served


def row(number: int, **values: object) -> dict[str, object]:
    common = {"hotspot_id": f"h{number}", "dimension": "all", "rank": number, "rank_rule": "priority_people"}
    return common | {"units": "", "tags": "", "priority": 50.0} | values


ROWS = [
    row(1, units="North, South", clustered=True, p_top10pct=1.0, priority=20.0, rank_low=1, rank_high=2),
    row(2, units="Northern", clustered=False, exceeds_standard=None, p_top10pct=0.7, tags="minamata", priority=60.0),
    row(3, units="North", clustered=True, high_priority=True, p_top10pct=None, priority=None),
    row(1, hotspot_id="a1", dimension="air", clustered=True),
]
ASSESSED = ("all", "air")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["h1", "h2", "h3"]),
        ({"dimension": "air"}, ["a1"]),
        ({"label": "clustered"}, ["h1", "h3"]),
        ({"label": "exceeds_standard"}, []),  # missing is not yes
        ({"confidence": "very_likely"}, ["h1"]),
        ({"confidence": "likely"}, ["h1", "h2"]),  # what has no interval is not likely
        ({"unit": "North"}, ["h1", "h3"]),  # whole names
        ({"tag": "minamata"}, ["h2"]),
        ({"unit": "North", "label": "high_priority"}, ["h3"]),
        ({"rule": "severity"}, ["h2", "h1", "h3"]),  # without a value: last
    ],
)
def test_what_is_listed(chosen, expected):
    assert [item["hotspot_id"] for item in listed(ROWS, Selection(**chosen))] == expected


def test_filters_leave_ranks_as_they_are_and_rows_in_any_order_too():
    for rows in (ROWS, ROWS[::-1]):
        assert [item["rank"] for item in listed(rows, Selection(unit="North", rule="severity"))] == [2, None]
        assert [item["rank"] for item in listed(rows, Selection(unit="North"))] == [1, 3]


def test_another_rule_has_its_name_and_no_interval():
    first = listed(ROWS, Selection(rule="severity"))[1]
    assert (first["hotspot_id"], first["rank_rule"], first["rank_low"], first["p_top10pct"]) == (
        "h1",
        "severity",
        None,
        None,
    )
    own = listed(ROWS, Selection())[0]
    assert (own["rank_rule"], own["rank_low"], own["rank_high"]) == ("priority_people", 1, 2)


@pytest.mark.parametrize(
    ("asked", "kept", "notices"),
    [
        ({"label": "clustered", "unit": "South"}, {"label": "clustered", "unit": "South"}, ()),
        ({"dimension": "marine", "label": "clustered"}, {"label": "clustered"}, (NO_DIMENSION,)),
        ({"label": "worst"}, {}, (NO_FILTER,)),
        ({"unit": "West", "confidence": "sure"}, {}, (NO_FILTER,)),
        ({"tag": "montreal"}, {"tag": "montreal"}, ()),  # a convention that nothing here bears on
        ({"tag": "<b>"}, {}, (NO_FILTER,)),
        ({"rule": "priority_people"}, {}, ()),  # the edition's own
        ({"rule": "severity"}, {"rule": "severity"}, ()),
        ({"rule": "people_above_standard"}, {}, (NO_RULE,)),  # not assessed
        ({"rule": "__class__"}, {}, (NO_RULE,)),
        ({"rule": "severity", "confidence": "likely"}, {"rule": "severity"}, (NO_INTERVAL,)),
    ],
)
def test_what_of_an_address_is_followed(asked, kept, notices):
    assert followed(Selection(**asked), ROWS, ASSESSED) == (Selection(**kept), notices)


def test_parameters_are_read_back():
    for chosen in ({}, {"dimension": "air"}, {"label": "clustered", "unit": "A & B", "rule": "severity"}):
        selection = Selection(**chosen)
        assert Selection(**selection.parameters) == selection


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service where Eastend (700 people) leads by priority-weighted people, Westend (300) by mean priority."""
    home = tmp_path_factory.mktemp("two")
    first = assessment()
    changed = first.hotspots.assign(
        priority=[30.0, 80.0],
        priority_people=[210.0, 200.0],
        clustered=[True, False],
        p_top10pct=[0.95, 0.7],
        rank_low=[1, 1],
        rank_high=[1, 2],
    ).astype({"clustered": "boolean", "rank_low": "Int64", "rank_high": "Int64"})
    made = publishable(replace(first, hotspots=changed), POLICY)
    files = {}
    for name in ("census", "facilities"):
        files[name] = [home / f"{name}.csv"]
        files[name][0].write_text(name)
    store = Store(home / "store")
    with store.staging() as folder:
        write_all(made, folder, Silent())
        store.publish(folder, draft(made, files, created=WHEN, software_version="1.0"))
    with served(home / "store") as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def names(page: str) -> list[str]:
    """The hotspots that the map page lists, in its order."""
    return re.findall(r'<bdi class="name" translate="no">(\w+)</bdi>', page)


@pytest.mark.parametrize(
    ("asked", "expected", "count"),
    [
        ({}, ["Eastend", "Westend"], "2 of 2 hotspots"),
        ({"rule": "severity"}, ["Westend", "Eastend"], "2 of 2 hotspots"),
        ({"label": "clustered"}, ["Eastend"], "1 of 2 hotspots"),
        ({"confidence": "very_likely"}, ["Eastend"], "1 of 2 hotspots"),
        ({"unit": "W"}, ["Westend"], "1 of 2 hotspots"),
        ({"unit": "W", "label": "clustered"}, [], "0 of 2 hotspots"),
    ],
)
def test_page_report_and_files_hold_the_same(two, asked, expected, count):
    page = two.get("/map", params=asked).text
    assert names(page) == expected
    assert count in page
    part = two.get("/map/list", params=asked).text
    assert names(part) == expected
    assert count in part
    report = Tables(two.get("/report", params=asked).text).found["Hotspots by rank"] if expected else []
    assert [cells[1].strip()[:7] for cells in report[1:] if len(cells) == 7] == expected
    links = dict(re.findall(r'href="(regions/[^"]+)" download="[^"]+\.(\w+)"', page))
    addresses = {kind: unescape(path) for path, kind in links.items()}
    features = two.get("/" + addresses["geojson"]).json()
    assert [feature["properties"]["name"] for feature in features["features"]] == expected
    assert features["rank_rule"] == asked.get("rule", "priority_people")
    assert features["selection"] == asked
    rows = list(csv.DictReader(io.StringIO(two.get("/" + addresses["csv"]).text)))
    assert [item["name"] for item in rows] == expected
    assert all(item["rank_rule"] == features["rank_rule"] for item in rows)


def test_ranks_and_intervals_of_another_rule(two):
    part = two.get("/map/list", params={"rule": "severity"}).text
    assert "Ranked by mean priority · rank interval: not computed for this rule" in part
    told = json.loads(re.search(r'id="found-data">(.*)</script>', part)[1])
    assert sorted(told["ranks"].values()) == [1, 2]
    assert told["own"] is False
    report = two.get("/report", params={"rule": "severity"}).text
    assert "Rank intervals were drawn for the edition’s own rule only." in report
    assert '<bdi class="quiet">1–2</bdi>' not in report
    assert '<bdi class="quiet">1–2</bdi>' in two.get("/report").text
    csv_text = two.get("/regions/miniature/editions/current/hotspots?rule=severity&f=csv", follow_redirects=True).text
    first = next(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff"))))
    assert (first["name"], first["rank"], first["rank_low"], first["p_top10pct"]) == ("Westend", "1", "", "")


def test_what_is_not_assessed_cannot_be_chosen_and_says_why(two):
    page = two.get("/map").text
    assert '<option value="people_above_standard" disabled>people above a standard – not assessed</option>' in page
    assert '<option value="exceeds_standard" disabled>Above a standard – not assessed</option>' in page
    other = two.get("/map", params={"rule": "severity"}).text
    assert re.search(r'<option value="likely" disabled>[^<]* – not computed for this rule</option>', other)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"label": "worst"}, "names a filter that this edition does not have"),
        ({"unit": "<script>"}, "names a filter that this edition does not have"),
        ({"rule": "luck"}, "names a ranking rule that cannot be used here"),
        ({"rule": "severity", "confidence": "likely"}, "How sure a rank is was not computed"),
    ],
)
def test_a_broken_address_falls_back_and_says_so_and_a_file_is_refused(two, asked, told):
    for path in ("/map", "/report"):
        answer = two.get(path, params=asked)
        assert answer.status_code == 200
        assert told in answer.text
        assert "<script>" not in answer.text.split("page-data")[-1].split("</head>")[-1]
        assert "Eastend" in answer.text
    refused = two.get("/regions/miniature/editions/current/hotspots", params=asked, follow_redirects=True)
    assert refused.status_code == 400
    assert told in refused.json()["detail"]


def test_an_empty_list_says_so_and_leads_out(two):
    page = two.get("/map", params={"unit": "W", "label": "clustered", "lang": "fr", "rule": "severity"}).text
    assert 'href="map?region=miniature&amp;rule=severity&amp;lang=fr"' in page
    assert (
        two.get("/map/list", params={"unit": "W", "label": "clustered"}).text.count("No hotspot meets these filters.")
        == 1
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_report_names_its_filters(two, code):
    text = two.get("/report", params={"unit": "W", "rule": "severity", "lang": code}).text
    assert "<bdi>W</bdi>" in text
    if code == "en":
        assert "<strong>Filter</strong> – Unit: <bdi>W</bdi>" in text
        assert "1 of 2 hotspots" in text


def test_the_list_of_an_edition_is_kept_and_asked_about(two):
    answer = two.get("/regions/miniature/editions/current/hotspots", follow_redirects=True)
    again = two.get(answer.url.path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert two.get(answer.url.path, params={"colour": "red"}).status_code == 400
    assert two.get("/regions/miniature/editions/2001-01-01-000000000000/hotspots").status_code == 404
