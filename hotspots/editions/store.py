"""The edition store: one folder, one catalogue, and the only way in and out."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from hotspots.editions.audit import AuditRow, write_audit
from hotspots.editions.audit_trail import AuditTrail
from hotspots.editions.catalogue import Catalogue, Check, EditionRecord, RegionState
from hotspots.editions.comparisons import Comparisons
from hotspots.editions.connecting import database_at
from hotspots.editions.draft import EditionDraft
from hotspots.editions.durable import disk_errors_named, make_folder, remove_tree
from hotspots.editions.edition import Edition, Problem, compare_files, read_edition
from hotspots.editions.jobs import JobEnd, JobKind, Jobs
from hotspots.editions.keys import Keys
from hotspots.editions.layout import Layout, check_region_id, default_catalogue, default_home
from hotspots.editions.manifest import MANIFEST, Manifest
from hotspots.editions.outcomes import Stale, Unchanged
from hotspots.editions.policy import StorePolicy
from hotspots.editions.publish import Prepared, install, prepare
from hotspots.editions.recovery import STAGING_LOCK, recover_region, sweep_staging
from hotspots.editions.region_locks import RegionLocks
from hotspots.editions.remains import Remains
from hotspots.errors import BusyError, CorruptEditionError, EditionError, NotFoundError

PREVIOUS: Literal["previous"] = "previous"
NAMED = 5
"""How many editions an error names, newest first."""


class Store:
    """The edition store in ``home`` ($HOTSPOTS_HOME, else the user's data folder).

    ``catalogue`` is the URL of a PostgreSQL database ($HOTSPOTS_CATALOGUE); where neither names one, the catalogue is
    a file in ``home``. All processes on one ``home`` use the same.

    Opening makes the folder and brings the catalogue to the newest layout. Reading takes no lock. Writing recovers
    first from whatever an earlier process left behind.
    """

    def __init__(self, home: str | Path | None = None, catalogue: str | None = None) -> None:
        self.layout = Layout(Path(home).absolute() if home is not None else default_home())
        with disk_errors_named("opening the store", self.layout.home):
            for folder in (self.layout.locks, self.layout.staging, self.layout.editions):
                make_folder(folder)
            database = database_at(self.layout, catalogue or default_catalogue())
            database.open(self.layout.lock("catalogue"))
        self._database = database
        self._catalogue = Catalogue(database)
        self.jobs = Jobs(database)
        """Jobs: asked for, taken, reported on."""
        self.keys = Keys(database)
        self.comparisons = Comparisons(self.layout, self._catalogue)
        self.policy = StorePolicy(database, self.layout, self.comparisons)
        """Consents, and the editions that were withdrawn."""
        self.audit_trail = AuditTrail(database)
        self.remains = Remains(self.layout)
        self._locks = RegionLocks(database, self.layout, self._recover)

    # Reading

    def regions(self) -> tuple[RegionState, ...]:
        """All regions of the store, by id."""
        self.policy.settle()
        return self._catalogue.regions()

    def region(self, region: str) -> RegionState:
        """One region; NotFoundError if the store has none of this id."""
        self.policy.settle(region)
        return self._catalogue.region(region)

    def editions(self, region: str) -> tuple[EditionRecord, ...]:
        """The editions of ``region`` that were not withdrawn, newest first; NotFoundError for an unknown region."""
        self.region(region)
        gone = {item.edition for item in self.policy.tombstones(region)}
        return tuple(record for record in self._catalogue.editions(region) if record.id not in gone)

    def current(self, region: str) -> Edition:
        """The current edition of ``region``; NotFoundError if there is none."""
        state = self._catalogue.region(region)
        if state.current is None:
            raise NotFoundError(
                f"region {region!r} has no current edition{f': {state.stale_reason}' if state.stale_reason else '.'}",
                remedy=f"Run `hotspots refresh {region}`, or choose an edition with `hotspots rollback`.",
            )
        return self.edition(region, state.current)

    def edition(self, region: str, edition: str) -> Edition:
        """One edition of ``region``; NotFoundError if there is none of this id, WithdrawnError if it was withdrawn."""
        record = self._record(region, edition)
        found = read_edition(record, self.layout.edition(region, record.id))
        if not self.policy.allows(found):
            self.policy.enforce(region)
            self._require_allowed(region, edition)
        return found

    def stale(self, region: str) -> Stale | None:
        """Why the region's current edition is behind; None if it is up to date."""
        state = self._catalogue.region(region)
        if state.stale_reason is None or state.stale_since is None:
            return None
        return Stale(state.stale_reason, state.stale_since)

    def verify(self, region: str, edition: str | None = None) -> tuple[Problem, ...]:
        """Hash all files of an edition (the current one unless named) anew: what is missing, changed or extra.

        Of one that was withdrawn nothing is missing: its manifest is ``withdrawn``.
        """
        state = self._catalogue.region(region)
        if self.policy.tombstone(region, edition or "") is not None:
            return (Problem("withdrawn", MANIFEST),)
        record = self._record(region, edition or state.current or "")
        folder = self.layout.edition(region, record.id)
        if not (folder / MANIFEST).is_file():
            return (Problem("missing", MANIFEST),)
        try:
            found = read_edition(record, folder)
        except CorruptEditionError:
            return (Problem("changed", MANIFEST),)
        return (*compare_files(folder, found.manifest), *self.policy.restricted.problems(region, record.id))

    def audit(self) -> tuple[AuditRow, ...]:
        """Everything that was done to the store, oldest first."""
        return self._catalogue.audit()

    # Writing

    def lock(self, region: str) -> AbstractContextManager[None]:
        """Be the only one to work on ``region``; may be nested within one thread.

        Raises
        ------
        BusyError
            If another process or thread works on it: names the process and since when.
        """
        return self._locks.hold(region)

    def exclusive(self, work: str, *, wait: bool = False) -> AbstractContextManager[None]:
        """Be the only one to do ``work`` on this store; if another process does, wait for it, or BusyError."""
        return self._database.lock(self.layout.lock(work), wait=wait)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder to write an edition's files to; it is gone afterwards, published or not.

        Raises
        ------
        EditionError
            If the disk is full.
        """
        own = self.layout.staging / uuid.uuid4().hex
        with disk_errors_named("making room for the edition", own), ExitStack() as at_end:
            sweep_staging(self.layout, self._database)
            with self._database.lock(self.layout.lock("staging"), wait=True):
                own.mkdir()
                at_end.enter_context(self._database.lock(own / STAGING_LOCK))
                at_end.callback(self._discard, own)
            files = own / "files"
            files.mkdir()
            # Told before the folder is removed, while a full disk is still full.
            with disk_errors_named("writing the edition", own):
                yield files

    def publish(self, staged: Path, draft: EditionDraft, *, job: str | None = None) -> Edition | Unchanged:
        """Make the files in ``staged`` (of `staging`) the current edition of their region.

        Afterwards the region is no longer stale and ``job`` has succeeded. If the current edition has the same
        content it stays: `Unchanged`. If an older one has it, that one becomes current again. What a person accepted
        for it is written to the audit in the transaction that makes it current.

        Raises
        ------
        BusyError
            If somebody else works on the region.
        EditionError
            If the disk is full, or the pointer was moved by somebody else; what was current stays current.
        CorruptEditionError
            If an edition of the same id is there but damaged.
        """
        region = draft.content.region
        with self.lock(region), disk_errors_named("publishing", self.layout.home):
            state = self._catalogue.add_region(region, draft.content.title)
            prepared = prepare(staged, draft)
            same = self._whole_edition_like(prepared)
            if same is not None:
                remove_tree(staged)
                return self._use_again(state, same, job, draft.accepted)
            return self._switch(state, prepared, job, draft.accepted)

    def keep(self, region: str, edition: str, *, job: str | None = None) -> Unchanged | None:
        """Say that ``edition`` is up to date, as publishing it again does; None unless it is current and whole."""
        with self.lock(region):
            current = {state.id: state for state in self._catalogue.regions()}.get(region)
            if current is None or current.current != edition or self.verify(region, edition):
                return None
            self._use_again(current, self._record(region, edition), job, ())
            return Unchanged(self.edition(region, edition))

    def rollback(self, region: str, edition: str = PREVIOUS, *, job: str | None = None) -> Edition:
        """Make another edition current: a named one, or the one published before the current one.

        Afterwards ``job`` has succeeded.

        Raises
        ------
        NotFoundError
            If there is none such.
        CorruptEditionError
            If it is not whole.
        """
        with self.lock(region):
            state = self._catalogue.region(region)
            record = self._before(state) if edition == PREVIOUS else self._record(region, edition)
            if problems := self.verify(region, record.id):
                raise CorruptEditionError(
                    f"{problems[0].path} is {problems[0].kind}.",
                    source=f"edition {region}/{record.id}",
                    remedy="Roll back to another edition, or restore this one from a backup.",
                )
            end = _succeeded(job, f"edition {record.id}")
            if record.id != state.current:
                allowed = self._check(self.edition(region, record.id).manifest)
                self._catalogue.move_pointer(state, record.id, "rollback", check=allowed, fresh=False, job=end)
            elif end is not None:
                self.jobs.finish(end)
            return self.edition(region, record.id)

    def retire(self, region: str, keep: int) -> tuple[str, ...]:
        """Remove all editions but the ``keep`` newest and the current one; the ids of those that went.

        Moved away in one rename, then forgotten: what is interrupted between the two is forgotten the next time, and
        no recovery takes it for a new edition.
        """
        with self.lock(region), disk_errors_named("removing old editions", self.layout.home):
            current = self._catalogue.region(region).current
            old = tuple(r.id for r in self._catalogue.editions(region)[keep:] if r.id != current)
            for edition in old:
                self.remains.keep(region, edition)
                with self.staging() as gone, suppress(FileNotFoundError):
                    os.rename(self.layout.edition(region, edition), gone / edition)  # noqa: PTH104
                self._catalogue.remove_edition(region, edition, f"{keep} are kept")
                self.comparisons.drop(region, edition)
                self.policy.restricted.drop(region, edition)
            return old

    def copy_catalogue(self, target: Path) -> None:
        """Write the catalogue as of one moment to the new SQLite file ``target``; EditionError if it is in a server."""
        self._database.copy_to(target)

    def mark_stale(self, region: str, reason: str) -> None:
        """Say that the region's current edition is behind, and why."""
        self._catalogue.set_stale(check_region_id(region), reason)

    def clear_stale(self, region: str) -> None:
        """Take the stale mark off."""
        self._catalogue.set_stale(check_region_id(region), None)

    def start_job(self, kind: JobKind, region: str, queued: str | None = None) -> str:
        """Record a job on ``region`` that runs from now on, or that the ``queued`` one does.

        Its id goes to `publish` or `fail_job`.

        Raises
        ------
        EditionError
            If the caller does not hold the region's lock (a running job whose region nobody holds was interrupted), or
            the ``queued`` job does not wait any more.
        """
        if not self._locks.held(region):
            raise EditionError(
                "a job runs under its region's lock.",
                source=f"region {region}",
                remedy="Start the job inside `with store.lock(region)`.",
            )
        if queued is None:
            return self.jobs.start(kind, region)
        self.jobs.take(queued)
        return queued

    def fail_job(self, job: str, outcome: str) -> None:
        """Record that a job failed, and why."""
        self.jobs.finish(JobEnd(job, "failed", outcome))

    def recover(self) -> None:
        """Clear up after processes that were killed; what somebody is at work on is left to them.

        Called by itself for a region when its lock is taken; here for all regions at once.
        """
        sweep_staging(self.layout, self._database)
        on_disk = {folder.name for folder in self.layout.editions.iterdir() if folder.is_dir()}
        for region in sorted(on_disk | {job.region for job in self.jobs.all("running")}):
            with suppress(BusyError), self.lock(region):
                pass

    # Steps of the above

    def _recover(self, region: str) -> None:
        """Clear up after whoever worked on ``region`` before, under its lock."""
        with disk_errors_named("clearing up", self.layout.home):
            recover_region(self.layout, self._catalogue, self.jobs, region)
            self.policy.enforce(region)

    def _discard(self, staging: Path) -> None:
        # Under the sweepers' lock, so that none of them meets a folder that is half gone.
        with self._database.lock(self.layout.lock("staging"), wait=True):
            remove_tree(staging)

    def _record(self, region: str, edition: str) -> EditionRecord:
        self._require_allowed(region, edition)
        known = self.editions(region)
        for record in known:
            if record.id == edition:
                return record
        newest = ", ".join(record.id for record in known[:NAMED]) or "none"
        raise NotFoundError(
            f"region {region!r} has no edition {edition!r}.",
            remedy=f"It has {newest}{', …' if len(known) > NAMED else ''}; `hotspots editions {region}` lists them.",
        )

    def _before(self, state: RegionState) -> EditionRecord:
        newest_first = [record.id for record in self.editions(state.id)]
        if state.current is None or state.current == newest_first[-1]:
            raise NotFoundError(
                f"region {state.id!r} has no edition before the current one.",
                remedy=f"`hotspots editions {state.id}` lists them.",
            )
        return self._record(state.id, newest_first[newest_first.index(state.current) + 1])

    def _whole_edition_like(self, prepared: Prepared) -> EditionRecord | None:
        manifest = prepared.manifest
        for record in self._catalogue.editions(manifest.region):
            if record.content_sha256 != manifest.content_sha256:
                continue
            if not self.verify(record.region, record.id):
                return record
            folder = self.layout.edition(record.region, record.id)
            if record.id == manifest.edition and folder.exists():
                raise CorruptEditionError(
                    "this edition is damaged on disk, and the new one would have the same id.",
                    source=folder,
                    remedy="Move the folder away and run again: the edition is then published anew.",
                )
        return None

    def _use_again(
        self, state: RegionState, record: EditionRecord, job: str | None, accepted: tuple[str, ...]
    ) -> Edition | Unchanged:
        edition = self.edition(state.id, record.id)
        allowed = self._check(edition.manifest, accepted)
        if record.id == state.current:
            self._catalogue.keep_pointer(state.id, record.id, _succeeded(job, "nothing changed"), allowed)
            return Unchanged(edition)
        end = _succeeded(job, f"edition {record.id} again")
        self._catalogue.move_pointer(state, record.id, "reinstate", check=allowed, job=end)
        return edition

    def _switch(self, state: RegionState, prepared: Prepared, job: str | None, accepted: tuple[str, ...]) -> Edition:
        target = self.layout.edition(state.id, prepared.manifest.edition)
        try:
            record = install(prepared, target)
            end = _succeeded(job, f"edition {record.id}")
            allowed = self._check(prepared.manifest, accepted)
            self._catalogue.move_pointer(state, record.id, "publish", check=allowed, added=record, job=end)
        except BaseException:
            self._undo(target)
            raise
        return Edition(state.id, record.id, target, prepared.manifest)

    def _require_allowed(self, region: str, edition: str) -> None:
        tombstone = self.policy.tombstone(region, edition)
        if tombstone is not None:
            raise tombstone.error()

    def _check(self, manifest: Manifest, accepted: tuple[str, ...] = ()) -> Check:
        """What the policy has to say in the transaction that makes the edition current; it is no longer withdrawn."""

        def check(connection: Connection) -> None:
            self.policy.check(connection, manifest)
            self.policy.forget(connection, manifest.region, manifest.edition)
            for words in accepted:
                write_audit(connection, "accept_inputs", manifest.region, manifest.edition, words)

        return check

    def _undo(self, folder: Path) -> None:
        """Remove an edition that was renamed but not registered; a commit that failed late may have registered it.

        Where a full disk keeps even the catalogue from being read, the folder is left to the next recovery.
        """
        with suppress(EditionError):
            if folder.name not in {record.id for record in self._catalogue.editions(folder.parent.name)}:
                remove_tree(folder)


def _succeeded(job: str | None, outcome: str) -> JobEnd | None:
    return None if job is None else JobEnd(job, "succeeded", outcome)
