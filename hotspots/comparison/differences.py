"""What two editions were made from that differs, and what each difference bears on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from hotspots.comparison.subject import Subject
from hotspots.evidence import COMBINED
from hotspots.pollutants import DIMENSIONS, DIMENSIONS_OF

Kind = Literal["pollution", "data", "method"]
Part = Literal["outline", "people", "pressure", "rank"]

ALL = frozenset({*DIMENSIONS, COMBINED})
NOTHING: frozenset[str] = frozenset()
RELATIVE = 1e-9

_PEOPLE_ROLES = frozenset({"population", "places", "units"})
"""A population may be made from counts of units and from places."""
_WATER = frozenset({"freshwater", "marine", COMBINED})
_PRESSURE_OF_ROLE: Mapping[str, frozenset[str]] = {
    "wind": frozenset({"air", COMBINED}),
    "gridded_releases": frozenset({"air", COMBINED}),
    "rivers": _WATER,
    "lakes": _WATER,
    "terrain": _WATER,
    "characteristics": frozenset({COMBINED}),
    "ambient": NOTHING,
    "protected_areas": NOTHING,
    "intakes": NOTHING,
    "observations": NOTHING,
}
_PRESSURE_OF_SECTION: Mapping[str, frozenset[str]] = {
    "method.air": frozenset({"air", COMBINED}),
    "method.land": frozenset({"land", COMBINED}),
    "method.freshwater": frozenset({"freshwater", "marine", COMBINED}),
    "method.marine": frozenset({"marine", COMBINED}),
    "method.scoring": frozenset({COMBINED}),
    "method.hotspots": NOTHING,
    "method.uncertainty": NOTHING,
    "region_settings.backgrounds": NOTHING,
}
_SILENT = ("method.id", "method.title", "region_settings.id", "region_settings.title", "region_settings.notes")
_SILENT_SECTIONS = ("region_settings.languages", "region_settings.unit_label")
_OUTLINE = (
    "method.hotspots.gi_radius_m",
    "method.hotspots.significance",
    "method.hotspots.high_priority_percentile",
    "method.hotspots.min_people",
    "method.hotspots.saddle_share",
    "region_settings.backgrounds",
)
_SILENT_OF_POLLUTANT = frozenset({"name", "note", "cas", "sdg_targets", "tags"})


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    ``people`` says whether it can move people; ``pressure`` the dimensions, with `all`, whose pressure or priority it
    can move; ``outline`` whether it can move outlines though it moves neither.
    """

    kind: Kind
    what: str
    detail: str
    people: bool
    pressure: frozenset[str]
    outline: bool = False

    def bears_on(self, part: Part, dimension: str) -> bool:
        """Whether it can be a cause of a change of ``part`` in ``dimension``."""
        if part == "people":
            return self.people
        if part == "pressure":
            return dimension in self.pressure
        return self.outline or self.people or dimension in self.pressure


def differences(before: Subject, after: Subject) -> tuple[Difference, ...]:
    """Everything that differs between what the editions were made from: pollution, then data, then method."""
    found = [
        *_releases(before, after),
        *_datasets(before, after),
        *_municipal(before, after),
        *_parameters(before, after),
    ]
    if before.software != after.software:
        found.append(Difference("method", "the program", f"{before.software} → {after.software}", True, ALL))
    order: list[Kind] = ["pollution", "data", "method"]
    return tuple(sorted(found, key=lambda item: order.index(item.kind)))


def _releases(before: Subject, after: Subject) -> Iterator[Difference]:
    """Sources that appeared, went, moved or release another amount.

    It is pollution where a list of facilities is another one. Where none is, the same records were read otherwise:
    other emission factors or rules.
    """
    if before.sources is None or after.sources is None:
        return
    old, new = (_comparable(table) for table in (before.sources, after.sources))
    appeared, gone = new.index.difference(old.index), old.index.difference(new.index)
    shared = old.index.intersection(new.index)
    columns = old.columns.union(new.columns)
    then, now = (table.reindex(index=shared, columns=columns) for table in (old, new))
    same = np.isclose(then.to_numpy(), now.to_numpy(), rtol=RELATIVE, atol=0, equal_nan=True).all(axis=1)
    changed = shared[~same]
    if not len(appeared) + len(gone) + len(changed):
        return
    moved = {COMBINED} | {
        dimension
        for table, ids in ((before.sources, gone.union(changed)), (after.sources, appeared.union(changed)))
        for dimension in DIMENSIONS
        if f"{dimension}_exposure_removed" in table
        and (table.loc[table["source_id"].isin(ids), f"{dimension}_exposure_removed"] > 0).any()
    }
    detail = f"{len(appeared)} new, {len(gone)} gone, {len(changed)} changed"
    if "facilities" in _roles_that_differ(before, after):
        yield Difference("pollution", "releases of listed sources", detail, False, frozenset(moved))
    else:
        what = "releases of the same records (emission factors or rules)"
        yield Difference("method", what, detail, False, frozenset(moved))


def _comparable(sources: pd.DataFrame) -> pd.DataFrame:
    """Releases, stack and position by source_id; a missing release is NaN, which is not 0."""
    numbers = [name for name in sources.columns if name.startswith("release_") or name == "stack_height_m"]
    table = sources.set_index("source_id")[numbers].astype(float)
    return table.assign(lon=sources.geometry.x.to_numpy(), lat=sources.geometry.y.to_numpy())


def _datasets(before: Subject, after: Subject) -> Iterator[Difference]:
    told = any(item.what.startswith("releases of listed") for item in _releases(before, after))
    for name in sorted(before.inputs.keys() | after.inputs.keys()):
        old, new = before.inputs.get(name), after.inputs.get(name)
        if old is not None and new is not None and old.sha256 == new.sha256:
            continue
        either = new or old
        role = either.provides if either is not None else None
        # What changed in a list of facilities is told by the releases; nothing else of it is known.
        if role == "facilities" and told:
            continue
        years = [str(item.year) if item and item.year else "" for item in (old, new)]
        detail = "new" if old is None else "gone" if new is None else "other content"
        if any(years) and years[0] != years[1]:
            detail += f", year {years[0] or 'not known'} → {years[1] or 'not known'}"
        people = role is None or role in _PEOPLE_ROLES
        # People release, and percentiles count people; what a role bears on that is not known may be anything.
        pressure = _PRESSURE_OF_ROLE.get(role or "", ALL)
        outline = role is None or role == "ambient"
        yield Difference("data", f"{name} ({role or 'role not known'})", detail, people, pressure, outline)


def _roles_that_differ(before: Subject, after: Subject) -> set[str | None]:
    return {
        item.provides
        for name in before.inputs.keys() | after.inputs.keys()
        for old, new in ((before.inputs.get(name), after.inputs.get(name)),)
        for item in (old, new)
        if item is not None and (old is None or new is None or old.sha256 != new.sha256)
    }


def _municipal(before: Subject, after: Subject) -> Iterator[Difference]:
    """Releases per person, which are the same in every unit of a region."""
    if before.units is None or after.units is None:
        return
    old, new = (_kg_per_person(table) for table in (before.units, after.units))
    for name in sorted(old.keys() | new.keys()):
        then, now = old.get(name, 0.0), new.get(name, 0.0)
        if not np.isclose(then, now, rtol=1e-6, atol=0):
            what = f"municipal {name} per person"
            yield Difference("method", what, f"{then:.4g} → {now:.4g} kg/yr", False, ALL - {"land"})


def _kg_per_person(units: pd.DataFrame) -> dict[str, float]:
    people = float(units["people"].sum())
    names = [name for name in units.columns if name.startswith("municipal_") and name.endswith("_kg_yr")]
    totals = {name.removeprefix("municipal_").removesuffix("_kg_yr"): float(units[name].sum()) for name in names}
    return {name: total / people for name, total in totals.items() if people > 0 and total > 0}


def _parameters(before: Subject, after: Subject) -> Iterator[Difference]:
    old, new = before.parameters(), after.parameters()
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name) or name in _SILENT or name.startswith(_SILENT_SECTIONS):
            continue
        section = ".".join(name.split(".")[:2])
        pressure = _PRESSURE_OF_SECTION.get(section, ALL)
        if name.startswith("pollutants."):
            if name.split(".")[2] in _SILENT_OF_POLLUTANT:
                continue
            pressure = _of_pollutant(before, section) | _of_pollutant(after, section)
        detail = f"{_shown(old.get(name))} → {_shown(new.get(name))}"
        yield Difference("method", name, detail, False, pressure, name.startswith(_OUTLINE))


def _of_pollutant(subject: Subject, section: str) -> frozenset[str]:
    media = subject.parameters().get(f"{section}.media")
    known = media if isinstance(media, list | tuple) else ()
    return frozenset({COMBINED}).union(*(DIMENSIONS_OF[medium] for medium in known))


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
