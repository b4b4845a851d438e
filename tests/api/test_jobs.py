"""Refresh and rollback over HTTP: who may ask, what is queued, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import update

from hotspots.editions import Store
from hotspots.editions.jobs import MAX_QUEUED, JobEnd
from hotspots.editions.sqlite import SqliteDatabase
from hotspots.editions.tables import KEYS
from hotspots.scopes import Scope
from tests.serving import served

LATER = datetime(2999, 1, 1, tzinfo=UTC)
REFRESH, ROLLBACK = "/processes/refresh/execution", "/processes/rollback/execution"
JAMAICA = {"inputs": {"region": "jamaica"}}
MINIATURE = {"inputs": {"region": "miniature"}}


@pytest.fixture
def served_client(store: Store) -> Iterator[httpx.Client]:
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as made:
        yield made


def headers(store: Store, *scopes: Scope) -> dict[str, str]:
    _, text = store.keys.create("air unit", frozenset(scopes), LATER)
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", REFRESH), ("POST", ROLLBACK), ("GET", "/jobs"), ("GET", "/jobs/1")]
)
def test_without_a_valid_key_nothing_is_done(store: Store, served_client: httpx.Client, method: str, path: str) -> None:
    for sent in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer hsk_00000000_no"}):
        answer = served_client.request(method, path, json=JAMAICA, headers=sent)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer realm=")
    assert store.jobs.all() == ()


def test_a_key_does_what_its_scopes_say_and_no_more(store: Store, served_client: httpx.Client) -> None:
    rollback = headers(store, Scope.ROLLBACK)
    answer = served_client.post(REFRESH, json=JAMAICA, headers=rollback)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert 'error="insufficient_scope", scope="refresh"' in answer.headers["www-authenticate"]
    assert served_client.get("/jobs", headers=headers(store, Scope.POLICY)).status_code == 403
    assert store.jobs.all() == ()


def test_refused_keys_are_logged_by_owner_and_never_by_text(
    store: Store, served_client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    expired, expired_text = store.keys.create("old unit", frozenset({Scope.REFRESH}), LATER)
    with SqliteDatabase(store.layout.catalogue).writing() as connection:
        connection.execute(update(KEYS).values(expires_at="2020-01-01T00:00:00+00:00"))
    revoked, revoked_text = store.keys.create("gone unit", frozenset({Scope.REFRESH}), LATER)
    store.keys.revoke(revoked.prefix)
    lacking, lacking_text = store.keys.create("reader", frozenset({Scope.POLICY}), LATER)
    texts = {
        "hsk_00000000_guess": (401, "refused: an unknown key"),
        expired_text: (401, f"refused: {expired.name} is expired"),
        revoked_text: (401, f"refused: {revoked.name} is revoked"),
        lacking_text: (403, f"refused: {lacking.name} lacks refresh"),
    }
    for text, (status, said) in texts.items():
        caplog.clear()
        sent = {"Authorization": f"Bearer {text}"}
        assert served_client.post(REFRESH, json=JAMAICA, headers=sent).status_code == status
        assert f"POST {REFRESH} {said}" in caplog.text
        assert text not in caplog.text


def test_a_refresh_is_queued_and_can_be_followed(store: Store, served_client: httpx.Client) -> None:
    key = headers(store, Scope.REFRESH)
    answer = served_client.post(REFRESH, json=JAMAICA, headers=key)
    assert answer.status_code == 201
    (job,) = store.jobs.all()
    assert (job.kind, job.region, job.state) == ("refresh", "jamaica", "queued")
    assert job.requested_by.startswith("key ")
    assert job.requested_by.endswith("(air unit)")
    assert [row.act for row in store.audit()][-1] == "request_job"
    assert store.audit()[-1].actor == job.requested_by
    at = answer.headers["location"]
    assert at.endswith(f"/jobs/{job.id}")
    assert answer.json()["status"] == "accepted"
    assert served_client.get(f"{at}/results", headers=key).status_code == 404
    store.jobs.take(job.id)
    store.jobs.report(job.id, "read", 40, "reading")
    running = served_client.get(at, headers=key).json()
    assert (running["status"], running["stage"], running["progress"]) == ("running", "read", 40)
    assert running["log"][0].endswith("reading")
    store.jobs.finish(JobEnd(job.id, "succeeded", "edition X"))
    done = served_client.get(at, headers=key).json()
    assert (done["status"], done["message"], done["progress"]) == ("successful", "edition X", 100)
    assert done["durationS"] >= 0
    results = next(link["href"] for link in done["links"] if link["rel"].endswith("/results"))
    assert served_client.get(results, headers=key).json() == {"region": "jamaica", "outcome": "edition X"}


def test_asking_twice_before_it_starts_is_one_job(store: Store, served_client: httpx.Client) -> None:
    key = headers(store, Scope.REFRESH, Scope.ROLLBACK)
    first, second = (served_client.post(REFRESH, json=JAMAICA, headers=key).json()["jobID"] for _ in range(2))
    assert first == second
    assert served_client.post(ROLLBACK, json=MINIATURE, headers=key).json()["jobID"] != first
    store.jobs.take(first)
    assert served_client.post(REFRESH, json=JAMAICA, headers=key).json()["jobID"] != first


def test_a_rollback_names_its_edition(store: Store, served_client: httpx.Client) -> None:
    key = headers(store, Scope.ROLLBACK)
    edition = store.current("miniature").id
    asked = {"inputs": {"region": "miniature", "edition": edition}}
    assert served_client.post(ROLLBACK, json=asked, headers=key).status_code == 201
    assert store.jobs.all()[0].parameters == f'{{"edition": "{edition}"}}'


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (REFRESH, {"inputs": {"region": "atlantis"}}, 404),
        (REFRESH, {"inputs": {"region": "../jamaica"}}, 404),
        (REFRESH, {"inputs": {}}, 400),
        (REFRESH, {"inputs": {"region": "jamaica", "more": 1}}, 400),
        (REFRESH, [], 400),
        (ROLLBACK, {"inputs": {"region": "atlantis"}}, 404),
        (ROLLBACK, {"inputs": {"region": "miniature", "edition": "2020-01-01-000000000000"}}, 404),
    ],
)
def test_faults_queue_nothing(store: Store, served_client: httpx.Client, path: str, body: object, status: int) -> None:
    key = headers(store, Scope.REFRESH, Scope.ROLLBACK)
    answer = served_client.post(path, json=body, headers=key)
    assert answer.status_code == status, answer.text
    assert store.jobs.all() == ()


def test_jobs_are_listed_newest_first_by_pages(store: Store, served_client: httpx.Client) -> None:
    key = headers(store, Scope.REFRESH)
    ids = [store.jobs.ask("refresh", f"r{number}", {}, "a test").id for number in range(3)]
    page = served_client.get("/jobs?limit=2", headers=key).json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    rest = served_client.get(following, headers=key).json()
    listed = [job["jobID"] for job in page["jobs"] + rest["jobs"]]
    assert sorted(listed) == sorted(ids)
    times = [job["created"] for job in page["jobs"] + rest["jobs"]]
    assert times == sorted(times, reverse=True)
    assert not any(link["rel"] == "next" for link in rest["links"])
    assert served_client.get("/jobs?limit=0", headers=key).status_code == 400
    assert served_client.get("/jobs/unknown", headers=key).status_code == 404


def test_the_queue_is_bounded(store: Store, served_client: httpx.Client) -> None:
    key = headers(store, Scope.REFRESH)
    for number in range(MAX_QUEUED):
        store.jobs.ask("refresh", f"r{number}", {}, "a test")
    answer = served_client.post(REFRESH, json=JAMAICA, headers=key)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_both_processes_describe_themselves(client: httpx.Client) -> None:
    listed = {process["id"]: process for process in client.get("/processes").json()["processes"]}
    for name in ("refresh", "rollback"):
        assert listed[name]["jobControlOptions"] == ["async-execute"]
        about = client.get(f"/processes/{name}").json()
        assert about["inputs"]["region"]["minOccurs"] == 1
    assert client.get("/processes/rollback").json()["inputs"]["edition"]["minOccurs"] == 0
    paths = client.get("/openapi.json").json()["paths"]
    assert {"201", "401", "403"} <= paths[REFRESH]["post"]["responses"].keys()
    assert paths[REFRESH]["post"]["security"]
