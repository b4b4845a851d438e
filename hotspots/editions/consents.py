"""The consents of a store: recorded, approved by a second person where they loosen, and in force."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hotspots.consent import Consent, Precision, Reason, strictness
from hotspots.editions.audit import now, process_user, write_audit
from hotspots.editions.database import Database
from hotspots.editions.tables import CONSENTS, EDITIONS, SENSITIVE
from hotspots.errors import NotFoundError, PolicyError

CONFIGURATION = "configuration"
WAITS = ", to be approved by a second person"
_FIELDS = tuple(field.name for field in fields(Consent))


@dataclass(frozen=True)
class Actor:
    """Who does something: ``name`` is how the audit calls it, ``owner`` the person or office behind it."""

    name: str
    owner: str


@dataclass(frozen=True)
class ConsentRecord:
    """A consent as it was recorded; it counts once it is approved. Times are ISO 8601 in UTC."""

    number: int
    consent: Consent
    recorded_at: str
    recorded_by: str
    recorded_owner: str
    approved_at: str | None
    approved_by: str | None


def this_process() -> Actor:
    """Who runs this process."""
    return Actor(process_user(), process_user())


class Consents:
    """The consents of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, region: str) -> tuple[ConsentRecord, ...]:
        """Everything that was recorded for ``region``, oldest first."""
        with self._database.reading() as connection:
            return _records(connection, region)

    def in_force(self, region: str) -> tuple[Consent, ...]:
        """The word that counts of each authority on each dataset, country and layer of ``region``."""
        with self._database.reading() as connection:
            return in_force(connection, region)

    def last_end(self, at: datetime, region: str | None = None) -> dict[str, datetime]:
        """When the last consent that has ended by ``at`` did, for each region that has one, or for ``region``."""
        query = select(CONSENTS).where(CONSENTS.c.valid_until.is_not(None))
        if region is not None:
            query = query.where(CONSENTS.c.region == region)
        with self._database.reading() as connection:
            known = [_record(row).consent for row in connection.execute(query)]
        found: dict[str, datetime] = {}
        for consent in known:
            end = consent.ends()
            if end is not None and end <= at:
                found[consent.region] = max(end, found.get(consent.region, end))
        return found

    def with_seeds(self, region: str, said: tuple[Consent, ...], sensitive: frozenset[str]) -> tuple[Consent, ...]:
        """What is in force, and what of the configuration's word ``said`` would count once it is recorded."""
        with self._database.reading() as connection:
            new = _seeds(connection, region, said, sensitive)
            return (*in_force(connection, region), *(consent for consent, counts in new if counts))

    def seed(self, region: str, said: tuple[Consent, ...], sensitive: frozenset[str]) -> None:
        """Record what the configuration says where nothing is recorded of it; afterwards the catalogue rules.

        Once the region was published, what publishes more waits for a person to approve it. ``sensitive``, what the
        configuration calls so now, stays so.
        """
        with self._database.reading() as connection:
            if sensitive <= ever_sensitive(connection, region) and not _seeds(connection, region, said, sensitive):
                return
        with self._database.writing() as connection:
            for dataset in sorted(sensitive - ever_sensitive(connection, region)):
                connection.execute(insert(SENSITIVE).values(region=region, dataset=dataset))
            for consent, counts in _seeds(connection, region, said, sensitive):
                _insert(connection, consent, Actor(CONFIGURATION, CONFIGURATION), approved=counts)
                waits = "" if counts else WAITS
                write_audit(connection, "seed_consent", region, None, f"{described(consent)}{waits}")

    def sensitive(self, region: str, configured: frozenset[str]) -> frozenset[str]:
        """The datasets that the configuration calls sensitive, or ever called so: a consent opens them, no file."""
        with self._database.reading() as connection:
            return configured | ever_sensitive(connection, region)


def record(connection: Connection, consent: Consent, actor: Actor, sensitive: bool) -> tuple[int, bool]:
    """Record ``consent`` in the caller's transaction: its number, and whether it counts at once.

    What publishes more, or for longer, waits for a second person.

    Raises
    ------
    PolicyError
        If it publishes less and at the same time lets more be read by those who may read restricted data.
    """
    before = in_force(connection, consent.region)
    counts = not loosens(before, consent, sensitive, datetime.now(UTC))
    number = _insert(connection, consent, actor, approved=counts)
    said = described(consent)
    write_audit(
        connection,
        "record_consent",
        consent.region,
        None,
        f"{number}: {said}{'' if counts else WAITS}",
        actor.name,
    )
    return number, counts


def approve(connection: Connection, number: int, actor: Actor) -> ConsentRecord:
    """Let a consent that loosens count, in the caller's transaction.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    PolicyError
        If the same person recorded it, or it does not wait for anybody.
    """
    row = connection.execute(select(CONSENTS).where(CONSENTS.c.number == number)).first()
    if row is None:
        raise NotFoundError(f"there is no consent {number}.", remedy="`hotspots policy show` lists those that wait.")
    found = _record(row)
    later = [item for item in _records(connection, found.consent.region) if item.consent.key == found.consent.key]
    if found.approved_at is not None or any(item.number > number for item in later):
        raise PolicyError("does not wait any more.", source=f"consent {number}", remedy="Record it anew.")
    if same_person(found.recorded_owner, actor.owner):
        raise PolicyError(
            "was recorded by the same person.",
            source=f"consent {number}",
            remedy="What publishes more needs a second person, with a key of another owner.",
        )
    connection.execute(
        update(CONSENTS).where(CONSENTS.c.number == number).values(approved_at=now(), approved_by=actor.name)
    )
    said = f"{number}: {described(found.consent)}"
    write_audit(connection, "approve_consent", found.consent.region, None, said, actor.name)
    return found


def in_force(connection: Connection, region: str) -> tuple[Consent, ...]:
    """The newest approved word of each key, in the caller's transaction."""
    newest: dict[tuple[str, ...], Consent] = {}
    for found in _records(connection, region):
        if found.approved_at is not None:
            newest[found.consent.key] = found.consent
    return tuple(newest[key] for key in sorted(newest))


def loosens(before: tuple[Consent, ...], consent: Consent, sensitive: bool, at: datetime) -> bool:
    """Whether more would be published, or for longer, than by what is in force."""
    about = (consent.dataset, consent.country, consent.layer)
    others = [item for item in before if (item.dataset, item.country, item.layer) == about]
    known = next((item for item in others if item.key == consent.key), None)
    lets_read = consent.precision is not Precision.WITHHELD or consent.restricted_reading
    if known is None:
        # A further authority can only make it stricter; the first opens what is sensitive.
        return not others and sensitive and lets_read
    old, new = (strictness(item.precision, item.cell_deg) for item in (known, consent))
    # Whoever could read everything is granted nothing.
    grants = consent.restricted_reading and not known.restricted_reading and known.precision is not Precision.OPEN
    if grants and new > old:
        raise PolicyError(
            "publishes less, which counts at once, and lets more be read, which a second person must approve.",
            source=f"dataset {consent.dataset}",
            field="restricted_reading",
            remedy="Record what publishes less without it first, then the same with it.",
        )
    if new != old:
        return new < old
    longer = _longer(consent, known) or _begin(consent, at) < _begin(known, at)
    if consent.precision is not Precision.WITHHELD:
        return grants or longer
    shorter = _longer(known, consent) or _begin(consent, at) > _begin(known, at)
    return grants or shorter or (consent.restricted_reading and sensitive and longer)


def same_person(one: str, other: str) -> bool:
    """Whether two owners of keys are one."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def described(consent: Consent) -> str:
    """The consent in a line of the audit; the evidence and the authority's words stay in the record."""
    cell = f" {consent.cell_deg:g}°" if consent.cell_deg else ""
    until = f" until {consent.valid_until}" if consent.valid_until else ""
    reading = ", restricted reading" if consent.restricted_reading else ""
    return f"{consent.dataset}/{consent.country}/{consent.layer} {consent.precision.value}{cell}{until}{reading}"


def _longer(one: Consent, other: Consent) -> bool:
    end, limit = one.ends(), other.ends()
    return limit is not None and (end is None or end > limit)


def _begin(consent: Consent, at: datetime) -> datetime:
    return max(consent.begins(), at)


def _seeds(
    connection: Connection, region: str, said: tuple[Consent, ...], sensitive: frozenset[str]
) -> list[tuple[Consent, bool]]:
    """What the configuration says and nobody recorded yet, and whether it counts at once."""
    known = {record.consent.key for record in _records(connection, region)}
    new = [consent for consent in said if consent.region == region and consent.key not in known]
    published = select(EDITIONS.c.id).where(EDITIONS.c.region == region).limit(1)
    if not new or connection.execute(published).first() is None:
        return [(consent, True) for consent in new]
    before, at = in_force(connection, region), datetime.now(UTC)
    closed = sensitive | ever_sensitive(connection, region)
    return [(consent, not loosens(before, consent, consent.dataset in closed, at)) for consent in new]


def ever_sensitive(connection: Connection, region: str) -> frozenset[str]:
    """The datasets of ``region`` that its configuration ever called sensitive, in the caller's transaction."""
    rows = connection.execute(select(SENSITIVE.c.dataset).where(SENSITIVE.c.region == region))
    return frozenset(rows.scalars())


def _insert(connection: Connection, consent: Consent, actor: Actor, *, approved: bool) -> int:
    values: dict[str, Any] = {name: getattr(consent, name) for name in _FIELDS}
    values |= {
        "precision": consent.precision.value,
        "reason": consent.reason.value if consent.reason else None,
        "valid_from": consent.valid_from.isoformat(),
        "valid_until": consent.valid_until.isoformat() if consent.valid_until else None,
        "recorded_at": now(),
        "recorded_by": actor.name,
        "recorded_owner": actor.owner,
        "approved_at": now() if approved else None,
        "approved_by": actor.name if approved else None,
    }
    key = connection.execute(insert(CONSENTS).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _records(connection: Connection, region: str) -> tuple[ConsentRecord, ...]:
    query = select(CONSENTS).where(CONSENTS.c.region == region).order_by(CONSENTS.c.number)
    return tuple(_record(row) for row in connection.execute(query))


def _record(row: Row[Any]) -> ConsentRecord:
    values = dict(row._mapping)
    said = {name: values.pop(name) for name in _FIELDS}
    said |= {
        "precision": Precision(said["precision"]),
        "reason": Reason(said["reason"]) if said["reason"] else None,
        "valid_from": date.fromisoformat(said["valid_from"]),
        "valid_until": date.fromisoformat(said["valid_until"]) if said["valid_until"] else None,
    }
    return ConsentRecord(consent=Consent(**said), **values)
