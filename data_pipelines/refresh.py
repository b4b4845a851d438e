"""The main job: one region from its configuration to a published edition, or the old edition and the reason why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from config import load
from config.region_file import RegionConfig
from data_pipelines.cluster import cluster
from data_pipelines.comparing import compare_with_last
from data_pipelines.fetching.ages import ages
from data_pipelines.fetching.fetch import fetched
from data_pipelines.fetching.input_store import InputStore
from data_pipelines.inputs import input_files, read_inputs
from data_pipelines.last_inputs import NOTHING, Acceptance, compared, last_inputs
from data_pipelines.outputs.write import write_all
from data_pipelines.policy import Permit, marked_sensitive, permit, rules_of
from data_pipelines.previous import earlier_counts, previous_hotspots
from data_pipelines.reconciliation import reconciled
from data_pipelines.reporting import Reported
from data_pipelines.restricted import restricted_files
from data_pipelines.stages import Stage, StageRunner
from data_pipelines.unchanged import Made
from hotspots import pressures
from hotspots.assessment import conclude
from hotspots.blocks import Executor, threads
from hotspots.editions import Edition, Store, Unchanged, draft
from hotspots.errors import HotspotsError
from hotspots.inputs import Inputs
from hotspots.policy import Publishable, publishable
from hotspots.policy.disclosure_audit import disclosed
from hotspots.policy.protected_counts import ProtectedCounts, protect
from hotspots.progress import Progress
from hotspots.result import Assessment

INPUTS_VERSION = 24
COUNTS_VERSION = 1
PRESSURES_VERSION = 17
"""Raise the one whose results change with the same inputs and parameters, so that no cached result is used."""


@dataclass(frozen=True)
class Outcome:
    """What a refresh did. ``edition`` is the region's current one, None if it published nothing.

    ``assessment`` is None where nothing had to be computed, since the current edition was made of the same.
    """

    assessment: Assessment | None
    edition: Edition | None
    changed: bool


def refresh(
    region_id: str,
    store: Store,
    progress: Progress,
    publish: bool = True,
    scheduler: str | None = None,
    queued: str | None = None,
    accept: Acceptance = NOTHING,
) -> Outcome:
    """Refresh one region.

    Parameters
    ----------
    publish:
        If false, compute and check everything and keep it to oneself.
    scheduler:
        The Dask scheduler whose workers compute, e.g. ``tcp://10.0.0.5:8786``; None for threads of this process. The
        edition is the same.
    queued:
        The waiting job that this refresh is, None for one of its own.
    accept:
        What inputs are used all the same; the edition says so, and the audit who accepted them and why.

    Raises
    ------
    HotspotsError
        If an input, the configuration, the installation or the cluster cannot be used.
        The last edition stays current and is marked stale, as it is after any unexpected error.
    BusyError
        If another process refreshes the region.
    """
    accept.check()
    if not publish:
        here = _fetched(_permit(load.region(region_id), store), store, progress)
        return Outcome(_ready(here, store, progress, scheduler, accept).assessment, None, changed=False)
    load.require(region_id)
    with store.lock(region_id):
        job = store.start_job("refresh", region_id, queued)
        reported = Reported(progress, store.jobs, job)
        may: Permit | None = None
        try:
            config = load.region(region_id)
            store.policy.consents.seed(region_id, config.policy.consents, marked_sensitive(config))
            store.policy.enforce(region_id)
            may = _permit(config, store)
            outcome = _refresh(may, store, reported, job, scheduler, accept)
        except Exception as error:
            said = error if may is None else may.sayable(error)
            reason = str(said) if isinstance(said, HotspotsError) else f"{type(said).__name__}: {said}"
            store.fail_job(job, reason)
            store.mark_stale(region_id, reason)
            if said is error:
                raise
            # Without its cause, whose text and traceback may hold rows.
            raise said from None
        except BaseException as error:
            store.fail_job(job, type(error).__name__)
            raise
        # The edition is published: what becomes of the comparison changes nothing of that.
        if outcome.changed and outcome.edition is not None:
            compare_with_last(store, outcome.edition, progress)
        return outcome


def _permit(config: RegionConfig, store: Store) -> Permit:
    """What the catalogue lets be read, and the configuration where nothing is recorded in the catalogue yet."""
    consents, region = store.policy.consents, config.region.id
    sensitive = consents.sensitive(region, marked_sensitive(config))
    said = consents.with_seeds(region, config.policy.consents, sensitive)
    return permit(config, rules_of(config, said, datetime.now(UTC), sensitive))


def _fetched(may: Permit, store: Store, progress: Progress) -> Permit:
    """Nothing is asked for that may not be read."""
    in_full = None if may.in_full is None else fetched(may.in_full, store, progress)
    return replace(may, config=fetched(may.config, store, progress), in_full=in_full)


def _refresh(
    may: Permit, store: Store, progress: Progress, job: str, scheduler: str | None, accept: Acceptance
) -> Outcome:
    asked = may.config
    may = _fetched(may, store, progress)
    freshness = ages(asked, InputStore(store.layout.inputs), _today())
    made = Made(may, store, _read_stage(may, progress))
    kept = made.kept(job)
    if kept is not None:
        return Outcome(None, kept, changed=False)
    ready = _ready(may, store, progress, scheduler, accept)
    in_full = restricted_files(may, ready, _today())
    with store.staging() as folder:
        write_all(ready, folder, progress)
        drafted = draft(ready, _input_files(may.config), freshness=freshness)
        accepted = accept.for_audit(ready.assessment.quality.accepted, last_inputs(store, may.config.region.id))
        result = store.publish(folder, replace(drafted, accepted=accepted), job=job)
    published = result.edition if isinstance(result, Unchanged) else result
    store.policy.restricted.keep(published.region, published.id, in_full)
    made.note(published)
    if isinstance(result, Unchanged):
        return Outcome(ready.assessment, result.edition, changed=False)
    return Outcome(ready.assessment, result, changed=True)


def _ready(may: Permit, store: Store, progress: Progress, scheduler: str | None, accept: Acceptance) -> Publishable:
    """Read, assess and apply the policy; stages whose inputs and parameters are unchanged come from the cache."""
    config = may.config
    runner = StageRunner(store.layout.cache, progress)
    with threads() if scheduler is None else cluster(scheduler) as executor:
        read = _read_stage(may, progress)
        counts = _counts_stage(may, read)
        protected = None if counts is None else runner.run(counts)
        inputs = runner.run(read) if protected is None else protected.inputs
        last = last_inputs(store, config.region.id)
        quality = compared(inputs.quality, last, config.region.published_totals, accept, config.region.id)
        inputs = replace(inputs, quality=quality)
        fields = runner.run(_pressures_stage(config, counts or read, executor, progress))
        before = previous_hotspots(store, config.region.id)
        assessment = conclude(inputs, config.method, fields, before, executor, progress)
    ready = publishable(assessment, config.policy)
    if protected is None:
        return ready
    progress.start("disclosure", 1)
    audited = disclosed(ready, protected, fields, earlier_counts(store, config.region.id))
    progress.finish("disclosure", f"{len(protected.counted)} kinds of counts")
    return audited


def _read_stage(may: Permit, progress: Progress) -> Stage[Inputs]:
    config, today = may.config, _today()
    return Stage(
        "read",
        INPUTS_VERSION,
        lambda: reconciled(may.admitted(read_inputs(config, today, progress))),
        # Validation knows years in the future; a day later it would find the same in any year but a new one.
        parameters=(config.fingerprint, today.year, may.fingerprint),
        files=tuple(path for paths in _input_files(config).values() for path in paths),
    )


def _counts_stage(may: Permit, read: Stage[Inputs]) -> Stage[ProtectedCounts] | None:
    """Merges confidential counts; None where no dataset has any."""
    if not any(item.ref.confidential_counts for item in may.config.datasets.values()):
        return None
    rule = may.config.policy.small_counts.rule(may.config.region.countries)
    return Stage("counts", COUNTS_VERSION, lambda inputs: protect(inputs, rule), parameters=(rule,), after=(read,))


def _pressures_stage(
    config: RegionConfig, after: Stage[Inputs] | Stage[ProtectedCounts], executor: Executor, progress: Progress
) -> Stage[pressures.Pressures]:
    def compute(found: Inputs | ProtectedCounts) -> pressures.Pressures:
        inputs = found.inputs if isinstance(found, ProtectedCounts) else found
        return pressures.compute(inputs, config.method, executor, progress)

    return Stage(
        "pressures",
        PRESSURES_VERSION,
        compute,
        parameters=(config.method.air, config.method.land, config.method.freshwater, config.method.marine),
        after=(after,),
    )


def _input_files(config: RegionConfig) -> dict[str, list[Path]]:
    """The files of each dataset."""
    files: dict[str, list[Path]] = {}
    for file in input_files(config):
        files.setdefault(file.dataset, []).append(file.path)
    return files


def _today() -> date:
    return datetime.now(UTC).date()
