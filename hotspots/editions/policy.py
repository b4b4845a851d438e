"""The publication policy of a store: consents, what they withdraw, and the check that every publish passes."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from hotspots.consent import Consent, Decision, Precision, Reason
from hotspots.editions.audit import now, write_audit
from hotspots.editions.comparisons import Comparisons
from hotspots.editions.consents import Actor, Consents, approve, ever_sensitive, in_force, record
from hotspots.editions.database import Database
from hotspots.editions.durable import remove_tree
from hotspots.editions.edition import Edition
from hotspots.editions.jobs import ask
from hotspots.editions.layout import Layout, default_ledger
from hotspots.editions.ledger import Ledger, ledger_of, take_over, write_ledger
from hotspots.editions.manifest import MANIFEST, Content, EditionFile, Manifest, decode
from hotspots.editions.restricted import Restricted
from hotspots.editions.tables import EDITIONS, REGIONS, TOMBSTONES
from hotspots.errors import BusyError, CorruptEditionError, PolicyError, WithdrawnError
from hotspots.policy.rules import Rules, overstepped

KEY_LENGTH = 64
"""Of a stage's key, SHA-256 in hex."""
NONE: frozenset[str] = frozenset()
WITHDRAWN = "consent for dataset {dataset} was withdrawn or has ended; a refresh without it is queued"


@dataclass(frozen=True)
class OutFile:
    """A file that was public: whoever holds a copy knows it by its hash."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Tombstone:
    """An edition that was withdrawn: when, for which dataset, why, and what of it is out.

    ``basis`` is that of the decision (`hotspots.consent.Decision`), ``reason`` a class of `hotspots.consent.Reason`.
    """

    region: str
    edition: str
    at: str
    dataset: str
    basis: str
    reason: str | None
    files: tuple[OutFile, ...]

    def error(self) -> WithdrawnError:
        """What whoever asks for the edition is told."""
        protects = f" to protect {Reason(self.reason).protects} ({Reason(self.reason).article})" if self.reason else ""
        why = "its consent has ended" if self.basis == "expired" else f"its publication was stopped{protects}"
        return WithdrawnError(
            f"was withdrawn on {self.at[:10]}: of a dataset that it was computed from, {why}.",
            source=f"edition {self.region}/{self.edition}",
            remedy="Use the region's current edition, and delete copies of this one.",
        )


@dataclass(frozen=True)
class Recorded:
    """What became of a consent: its number, whether it counts already, and the editions that it withdrew."""

    number: int
    counts: bool
    withdrawn: tuple[str, ...]


class StorePolicy:
    """The consents and withdrawals of one store."""

    def __init__(self, database: Database, layout: Layout, comparisons: Comparisons) -> None:
        self._database = database
        self._comparisons = comparisons
        self._layout = layout
        self.consents = Consents(database)
        self._settled: dict[str, datetime] = {}
        self.restricted = Restricted(database, layout, rules_of)
        """What is kept in full for those who may read restricted data."""

    def record(self, consent: Consent, actor: Actor, sensitive: frozenset[str]) -> Recorded:
        """Record a consent and withdraw what it no longer lets be published.

        Parameters
        ----------
        sensitive:
            The datasets that the region's configuration calls sensitive now, and the catalogue may not know yet.
        """
        with self._database.writing() as connection:
            closed = sensitive | ever_sensitive(connection, consent.region)
            reading = _reading(connection, consent)
            number, counts = record(connection, consent, actor, consent.dataset in closed)
            gone = self._withdraw(connection, consent.region, sensitive, actor.name, of=consent.dataset)
            if counts and not gone and reading != _reading(connection, consent):
                ask(connection, "refresh", consent.region, {}, actor.name)
        self._finish(consent.region)
        return Recorded(number, counts, gone)

    def approve(self, number: int, actor: Actor) -> Recorded:
        """Let a consent that loosens count, and queue a refresh that publishes by it; errors as `consents.approve`."""
        with self._database.writing() as connection:
            found = approve(connection, number, actor)
            gone = self._withdraw(connection, found.consent.region, NONE, actor.name)
            ask(connection, "refresh", found.consent.region, {}, actor.name)
        self._finish(found.consent.region)
        return Recorded(number, True, gone)

    def enforce(self, region: str, requested_by: str = "policy") -> tuple[str, ...]:
        """Withdraw the editions of ``region`` that what is in force now no longer allows; their ids."""
        gone: tuple[str, ...] = ()
        if self.consents.in_force(region) or self.consents.sensitive(region, NONE):
            with self._database.writing() as connection:
                gone = self._withdraw(connection, region, NONE, requested_by)
        self._finish(region)
        return gone

    def settle(self, region: str | None = None) -> None:
        """Withdraw what rests on a consent that has ended since this was last asked: no list has it from then on."""
        for name, ended in self.consents.last_end(datetime.now(UTC), region).items():
            if self._settled.get(name) != ended:
                self.enforce(name)
                self._settled[name] = ended

    def ledger(self) -> Ledger:
        """All consents and withdrawals, and where the audit stands."""
        with self._database.reading() as connection:
            return ledger_of(connection)

    def apply(self, ledger: Ledger) -> tuple[str, ...]:
        """Take over what the catalogue does not know of ``ledger``, and withdraw by it: the ids of the editions.

        Raises
        ------
        EditionError
            If the catalogue went on by itself since the two parted.
        """
        with self._database.writing() as connection:
            before = ledger_of(connection).withdrawn
            regions = take_over(connection, ledger, "by a ledger:")
        for region in regions:
            self.enforce(region)
        return tuple(edition for _, edition in sorted(self.ledger().withdrawn - before))

    def _finish(self, region: str) -> None:
        """What follows an act: its files go, and the ledger knows."""
        self.purge(region)
        file = default_ledger()
        if file is not None:
            write_ledger(self.ledger(), file)

    def tombstones(self, region: str) -> tuple[Tombstone, ...]:
        """The withdrawn editions of ``region``, by when they were."""
        query = select(TOMBSTONES).where(TOMBSTONES.c.region == region).order_by(TOMBSTONES.c.at, TOMBSTONES.c.edition)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Tombstone(**{**row._mapping, "files": tuple(OutFile(**item) for item in json.loads(row.files))})
            for row in rows
        )

    def tombstone(self, region: str, edition: str) -> Tombstone | None:
        """The tombstone of one edition, None if it was not withdrawn."""
        return next((item for item in self.tombstones(region) if item.edition == edition), None)

    def check(self, connection: Connection, content: Content) -> None:
        """Check in the transaction that publishes that what is in force now still allows it.

        Raises
        ------
        PolicyError
            If a consent was withdrawn or has ended since it was computed.
        """
        decision = self._overstepped(connection, content)
        if decision is not None:
            raise PolicyError(
                "less of it may be published than when the refresh began.",
                source=f"dataset {decision.dataset}",
                field="precision",
                remedy=f"Run `hotspots refresh {content.region}` again: it will be without.",
            )

    def allows(self, edition: Edition) -> bool:
        """Whether an edition may still be read: looks at the catalogue only where one of its consents has ended."""
        if edition.consent_ends_at is None or datetime.now(UTC) < edition.consent_ends_at:
            return True
        with self._database.reading() as connection:
            return self._overstepped(connection, edition.manifest) is None

    def forget(self, connection: Connection, region: str, edition: str) -> None:
        """Lift the tombstone of an edition that is published anew, in the transaction that does so."""
        these = (TOMBSTONES.c.region == region) & (TOMBSTONES.c.edition == edition)
        connection.execute(delete(TOMBSTONES).where(these))

    def purge(self, region: str) -> None:
        """Remove what is left of withdrawn editions, their comparisons, and all cached stages, which may hold them."""
        gone = [item.edition for item in self.tombstones(region)]
        self.restricted.purge(region, gone)
        for edition in gone:
            self._comparisons.drop(region, edition)
        homes = (self._layout.edition, self._layout.remains)
        folders = [home(region, edition) for home in homes for edition in gone]
        for folder in [folder for folder in folders if folder.exists()]:
            # One rename takes it away from every reader; what is interrupted afterwards is swept as staging.
            aside = self._layout.staging / uuid.uuid4().hex
            with suppress(FileNotFoundError):
                os.rename(folder, aside)  # noqa: PTH104
                remove_tree(aside)
            # Finished stages are named by their key; what a refresh is writing just now has another name.
            for entry in self._layout.cache.glob("?" * KEY_LENGTH):
                entry.unlink(missing_ok=True)

    def _withdraw(
        self, connection: Connection, region: str, sensitive: frozenset[str], requested_by: str, of: str | None = None
    ) -> tuple[str, ...]:
        """Tombstones for what oversteps the rules, and for what cannot be read if dataset ``of`` is not open."""
        said, closed = in_force(connection, region), sensitive | ever_sensitive(connection, region)
        if not said and not closed:
            return ()
        known = connection.execute(select(TOMBSTONES.c.edition).where(TOMBSTONES.c.region == region)).scalars().all()
        editions = connection.execute(select(EDITIONS.c.id).where(EDITIONS.c.region == region)).scalars().all()
        retired = self._layout.remains(region)
        left = [folder.name for folder in retired.iterdir()] if retired.is_dir() else []
        gone = []
        for edition in sorted({*editions, *left} - set(known)):
            manifest = self._manifest(region, edition)
            decision = self._overstepped(connection, manifest, closed) if manifest else _strictest(said, of)
            if decision is None:
                continue
            files: Iterable[EditionFile] = () if manifest is None else manifest.files
            connection.execute(insert(TOMBSTONES).values(_row(region, edition, decision, files)))
            write_audit(connection, "withdraw", region, edition, f"{decision.dataset}: {decision.basis}", requested_by)
            gone.append(edition)
            self._leave(connection, region, edition, decision)
        if gone:
            # A full queue is no reason to keep anything public.
            with suppress(BusyError):
                ask(connection, "refresh", region, {}, requested_by)
        return tuple(gone)

    def _leave(self, connection: Connection, region: str, edition: str, decision: Decision) -> None:
        """Let no withdrawn edition be the current one."""
        here = (REGIONS.c.id == region) & (REGIONS.c.current == edition)
        reason = WITHDRAWN.format(dataset=decision.dataset)
        values = {"current": None, "stale_reason": reason, "stale_since": now()}
        connection.execute(
            update(REGIONS).where(here).values(values | {"pointer_version": REGIONS.c.pointer_version + 1})
        )

    def _overstepped(
        self, connection: Connection, content: Content, sensitive: frozenset[str] = NONE
    ) -> Decision | None:
        rules = rules_of(connection, content.region, sensitive)
        datasets = {item.dataset for item in content.inputs}
        return overstepped(_decisions(content), datasets, rules)

    def _manifest(self, region: str, edition: str) -> Manifest | None:
        for home in (self._layout.edition, self._layout.remains):
            path = home(region, edition) / MANIFEST
            with suppress(OSError, CorruptEditionError):
                return decode(path.read_bytes(), str(path))
        return None


def rules_of(connection: Connection, region: str, sensitive: frozenset[str] = NONE) -> Rules:
    """What is in force now; ``sensitive`` are datasets of which the catalogue may not know it yet."""
    return Rules(in_force(connection, region), datetime.now(UTC), sensitive | ever_sensitive(connection, region))


def _reading(connection: Connection, consent: Consent) -> bool:
    """Whether rows that ``consent`` is about may be read in full by those who may read restricted data."""
    return rules_of(connection, consent.region).restricted([consent.dataset], [consent.country])


def _strictest(said: tuple[Consent, ...], dataset: str | None) -> Decision | None:
    """What is decided of ``dataset`` where an edition cannot show what it holds; None where that is open."""
    rules = Rules(said, datetime.now(UTC), NONE)
    countries = frozenset() if dataset is None else rules.countries(dataset)
    decision = rules.strictest([str(dataset)], countries) if countries else None
    return None if decision is None or decision.precision is Precision.OPEN else decision


def _decisions(content: Content) -> tuple[Decision, ...]:
    """What was applied to an edition."""
    return tuple(
        Decision(
            item.dataset,
            item.country,
            Precision(item.precision),
            item.basis,
            layer=item.layer,
            cell_deg=item.cell_deg,
        )
        for item in content.consents
    )


def _row(region: str, edition: str, decision: Decision, files: Iterable[EditionFile]) -> dict[str, object]:
    out = [{"path": item.path, "sha256": item.sha256, "size_bytes": item.size_bytes} for item in files]
    return {
        "region": region,
        "edition": edition,
        "at": now(),
        "dataset": decision.dataset,
        "basis": decision.basis,
        "reason": decision.reason.value if decision.reason else None,
        "files": json.dumps(out),
    }
