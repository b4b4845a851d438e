"""Consents by command and over HTTP; what a withdrawn edition answers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api import console
from api.commands.policy import KEY_VARIABLE
from data_pipelines.refresh import refresh
from hotspots.editions import Store, policy
from hotspots.editions.consents import Actor
from hotspots.errors import PolicyError
from hotspots.progress import Silent
from hotspots.scopes import Scope
from tests import policy_region
from tests.command import hotspots
from tests.hotspots.editions.test_withdrawal import CLOSED, NONE, consented
from tests.new_region import REGION
from tests.serving import served

BODY = {
    "region": REGION,
    "dataset": "works",
    "country": "JAM",
    "authority": "Ministry of mines",
    "purpose": "screening",
    "precision": "withheld",
    "reason": "security",
    "evidence": "letter 9",
    "valid_from": "2026-01-01",
}


def key(store: Store, owner: str, *scopes: Scope) -> dict[str, str]:
    _, text = store.keys.create(owner, frozenset(scopes), datetime.now(UTC) + timedelta(days=1))
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(policy_region.write(tmp_path / "config")))
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "home"))
    return Store(tmp_path / "home")


def test_a_withdrawn_edition_is_gone_at_every_address_that_was_already_served(store: Store) -> None:
    edition = store.current("miniature")
    paths = [
        f"files/miniature/{edition.id}/vectors/sources.geojson",
        f"files/miniature/{edition.id}/packages/sources.zip",
        f"files/miniature/{edition.id}/manifest.json",
        f"tiles/miniature/{edition.id}/sources.json",
        f"tiles/miniature/{edition.id}/priority/0/0/0.png",
        f"collections/miniature-sources-{edition.id}/items",
        f"regions/miniature/editions/{edition.id}",
        f"regions/miniature/editions/{edition.id}/point?lon=10.05&lat=20.03",
    ]
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert {client.get(path).status_code for path in paths} == {200}
        store.policy.record(CLOSED, Actor("key 1 (Ann)", "Ann"), NONE)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 410, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["cache-control"] == "no-store"
            assert f"withdrawn on {datetime.now(UTC):%Y-%m-%d}" in answer.json()["detail"]
            assert "art. 12(1)(a)" in answer.json()["detail"]
        listed = client.get("regions/miniature/editions").json()
        assert listed["editions"] == []
        assert [item["reason"] for item in listed["withdrawn"]] == ["security"]
        # What lists regions goes on without it.
        assert {client.get(path).status_code for path in ("", "collections", "stac/collections", "regions")} == {200}


def test_consents_over_http_need_the_scopes_and_two_people(configured: Store) -> None:
    ann, bob = key(configured, "Ann", Scope.POLICY, Scope.PUBLISH), key(configured, "Bob", Scope.PUBLISH)
    configured.policy.consents.seed(REGION, (), NONE)
    with served(configured.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        here = f"regions/{REGION}/policy"
        assert client.post(here, json=BODY).status_code == 401
        assert client.post(here, json=BODY, headers=bob).status_code == 403
        assert client.post(here, json={**BODY, "precision": "some"}, headers=ann).status_code == 400
        assert client.post(here, json={**BODY, "dataset": "other"}, headers=ann).status_code == 400
        assert client.post("regions/nowhere/policy", json=BODY, headers=ann).status_code == 404
        closed = client.post(here, json=BODY, headers=ann)
        assert (closed.status_code, closed.json()["counts"]) == (201, True)
        opened = client.post(here, json={**BODY, "precision": "open", "reason": None}, headers=ann).json()
        assert opened["counts"] is False
        approval = f"{here}/{opened['number']}/approval"
        assert client.post(approval, headers=ann).status_code == 409
        assert client.post(f"{here}/99/approval", headers=bob).status_code == 404
        assert client.post(approval, headers=bob).json()["counts"] is True
    assert [row.actor.partition(" (")[2] for row in configured.audit() if row.act.endswith("_consent")] == [
        "Ann)",
        "Ann)",
        "Bob)",
    ]


def test_the_commands_record_show_and_approve(configured: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.out, "width", 120)
    assert "generalised 0.1°" in hotspots("policy", "show", REGION).out
    words = ["--authority", "Ministry of mines", "--evidence", "letter 10"]
    assert "counts" in hotspots("policy", "set", REGION, "works", "withheld", *words, "--reason", "security").out
    assert "waits" in hotspots("policy", "set", REGION, "works", "open", *words).out
    number = configured.policy.consents.all(REGION)[-1].number
    assert f"Consent {number} waits for a second person" in hotspots("policy", "show", REGION).out
    assert "same person" in hotspots("policy", "approve", str(number)).error
    bob = key(configured, "Bob", Scope.PUBLISH)["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv(KEY_VARIABLE, bob)
    assert "a refresh is queued" in hotspots("policy", "approve", str(number)).out
    assert "lacks the scope" in hotspots("policy", "set", REGION, "works", "open", *words).error
    assert "what is not open has a reason" in hotspots("policy", "set", REGION, "works", "withheld", *words).error


class Withdrawing(Silent):
    """Progress that has the consent withdrawn when a stage begins."""

    def __init__(self, store: Store, stage: str) -> None:
        self.store, self.stage, self.done = store, stage, False

    def start(self, stage: str, total: int) -> None:
        if stage == self.stage and not self.done:
            self.done = True
            said = replace(CLOSED, dataset="works", region=REGION, authority="Ministry of mines")
            self.store.policy.record(said, Actor("key 1 (Ann)", "Ann"), NONE)


@pytest.mark.parametrize(
    "stage",
    ["inputs", "write", *(pytest.param(name, marks=pytest.mark.soak) for name in ("attribution", "uncertainty"))],
)
def test_a_withdrawal_during_a_refresh_wins(configured: Store, stage: str) -> None:
    progress = Withdrawing(configured, stage)
    with pytest.raises(PolicyError, match="less of it may be published"):
        refresh(REGION, configured, progress)
    assert progress.done
    assert configured.editions(REGION) == ()
    assert not list(configured.layout.editions.glob("*/*"))


def test_a_refresh_after_a_withdrawal_is_without(configured: Store) -> None:
    first = refresh(REGION, configured, Silent()).edition
    assert first is not None
    progress = Withdrawing(configured, "now")
    progress.start("now", 1)
    second = refresh(REGION, configured, Silent()).edition
    assert second is not None
    # The dataset is sensitive and nobody's consent is left, so that it is not even read.
    read = [{item.dataset for item in edition.manifest.inputs} for edition in (first, second)]
    assert read[0] - read[1] == {"works"}
    sources = second.layer("sources")
    assert not sources["source_id"].str.startswith("works").any()
    assert not first.folder.exists()


def test_the_page_says_what_is_published_in_every_language(store: Store) -> None:
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        here = "regions/miniature/policy"
        assert client.get(here).json()["datasets"] == []
        store.policy.record(CLOSED, Actor("key 1 (Ann)", "Ann"), NONE)
        for language, said in (("en", "How to object"), ("fr", "Comment s’opposer"), ("ar", "كيفية الاعتراض")):
            answer = client.get(here, params={"lang": language}, headers={"Accept": "text/html"})
            assert said in answer.text
            assert store.policy.tombstones("miniature")[0].edition in answer.text
        assert client.get("regions/nowhere/policy").status_code == 404


def test_what_cannot_be_recorded_is_refused_by_name(configured: Store) -> None:
    """Here and on the command line: Germany's emissions are not withheld as commercial information."""
    barred = {**BODY, "country": "DEU", "reason": "commercial"}
    with served(configured.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.post(f"regions/{REGION}/policy", json=barred, headers=key(configured, "Ann", Scope.POLICY))
    assert (answer.status_code, configured.policy.consents.all(REGION)) == (409, ())
    assert "Directive 2003/4/EC art. 4(2)" in answer.json()["detail"]
    words = ["--authority", "M", "--evidence", "letter", "--reason", "commercial", "--country", "DEU"]
    assert "Directive 2003/4/EC" in hotspots("policy", "set", REGION, "works", "withheld", *words).error


def test_a_consent_without_a_time_zone_has_those_of_its_country(configured: Store) -> None:
    words = ["--authority", "Ministry of mines", "--evidence", "letter 10", "--reason", "security"]
    hotspots("policy", "set", REGION, "works", "withheld", *words, "--restricted-reading")
    assert configured.policy.consents.all(REGION)[-1].consent.time_zone == "America/Jamaica"
    assert configured.policy.consents.all(REGION)[-1].consent.restricted_reading
    assert "no time zone of XXX" in hotspots("policy", "set", REGION, "works", "open", *words, "--country", "XXX").error


def test_the_first_list_after_a_midnight_is_without_what_ended(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        at = datetime(2100, 1, 1, 4, 59, 59, tzinfo=UTC)

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return cls.at

    found = consented(store, tmp_path / "inputs", date(2099, 12, 31))
    monkeypatch.setattr(policy, "datetime", Clock)
    for path in ("", "regions", "regions/miniature/editions", "collections", "stac/collections"):
        again = Store(shutil.copytree(store.layout.home, tmp_path / f"{path.replace('/', '-')}-home"))
        Clock.at = datetime(2100, 1, 1, 4, 59, 59, tzinfo=UTC)
        with served(again.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
            assert found.id in client.get("regions").text
            Clock.at = datetime(2100, 1, 1, 5, tzinfo=UTC)
            assert client.get(path).status_code == 200, path
            listed = client.get("regions/miniature/editions").json()
            assert found.id not in {item["id"] for item in listed["editions"]}
