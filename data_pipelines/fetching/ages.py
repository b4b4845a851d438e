"""The age of a region's inputs, from its configuration and the notes of the input store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from config.catalogue_file import PERIOD_DAYS
from config.region_file import RegionConfig
from data_pipelines.fetching.input_store import InputStore, Kept
from hotspots.freshness import Copy, InputAge, as_of, rechecked


def ages(config: RegionConfig, inputs: InputStore, today: date) -> tuple[InputAge, ...]:
    """The age of every dataset of ``config``, which still names what is downloaded, by dataset."""
    return tuple(
        as_of(
            InputAge(
                dataset=dataset.id,
                year=dataset.ref.year,
                frequency=dataset.frequency,
                period_days=PERIOD_DAYS.get(dataset.frequency or ""),
                copies=tuple(_copy(kept) for file in dataset.remote.values() if (kept := inputs.kept(file))),
            ),
            today,
        )
        for _, dataset in sorted(config.datasets.items())
    )


def ages_now(known: Iterable[InputAge], inputs: InputStore, today: date) -> tuple[InputAge, ...]:
    """Ages that an edition was published with, as they are ``today``: their publishers may have been asked since."""
    found = [(age, [inputs.at(copy.url) for copy in age.copies]) for age in known]
    return tuple(
        as_of(rechecked(age, {(note.url, note.sha256): _day(note.checked) for note in notes if note}), today)
        for age, notes in found
    )


def _copy(kept: Kept) -> Copy:
    return Copy(kept.url, kept.sha256, kept.published, _day(kept.retrieved), _day(kept.checked))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
