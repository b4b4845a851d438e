"""keys, jobs: what they print."""

from __future__ import annotations

import re

import pytest

from hotspots.editions import Store
from tests.command import hotspots


def test_a_key_is_made_shown_once_listed_and_revoked(store: Store) -> None:
    made = hotspots("keys", "create", "--owner", "air unit", "--scope", "refresh", "--scope", "rollback")
    assert made.code == 0
    text = made.out.strip()
    key = store.keys.find(text)
    assert key is not None
    assert f"shown once. Prefix {key.prefix}" in made.err
    listed = hotspots("keys", "list").out
    assert key.prefix in listed
    assert "active" in listed
    assert text.split("_", 2)[2] not in listed
    assert hotspots("keys", "revoke", key.prefix).out == f"Revoked key {key.prefix} (air unit).\n"
    assert store.keys.find(text) is None
    assert "revoked" in hotspots("keys", "list").out


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--scope", "everything"], 2),
        ([], 2),
        (["--scope", "refresh", "--expires", "tomorrow"], 2),
        (["--scope", "refresh", "--expires", "2020-01-01"], 7),
    ],
)
def test_a_wrong_command_line_makes_no_key(store: Store, more: list[str], code: int) -> None:
    assert hotspots("keys", "create", "--owner", "air unit", *more).code == code
    assert store.keys.all() == ()


def test_jobs_are_listed_and_one_is_told(store: Store) -> None:
    job = store.jobs.ask("refresh", "jamaica", {}, "key 0a1b2c3d (air unit)")
    store.jobs.take(job.id)
    store.jobs.report(job.id, "read", 40, "reading people")
    listed = hotspots("jobs").out
    assert re.search(rf"^{job.id} +refresh +jamaica +running", listed, re.M), listed
    told = hotspots("jobs", job.id).out
    assert "asked for by key 0a1b2c3d (air unit)" in told
    assert "running read 40 %" in told
    assert "reading people" in told
    assert hotspots("jobs", "unknown").code == 8
