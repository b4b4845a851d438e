"""permitted(Inputs, Rules) -> Inputs: the one place where the policy is enforced, before anything is computed.

What is computed afterwards is a function of what may be published, so no raster, total, ranking, tile, log or file name
can tell more. Wherever in its cell a generalised source truly lies, and whatever a withheld row says, every byte of the
edition is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.consent import Decision, Precision
from hotspots.errors import PolicyError
from hotspots.inputs import Inputs
from hotspots.policy.cells import COARSE_DEG, claimants_at, claimants_of, half_diagonal_m, reach_m, snapped
from hotspots.policy.kinds import BY_ROW
from hotspots.policy.points import permitted_intakes, permitted_observations
from hotspots.policy.rules import Rules
from hotspots.quality import QualityReport

MIN_SOURCES = 3
"""An aggregate of fewer sources is not published: the threshold rule with the usual smallest n (project's choice)."""
STACK = ("stack_height_m", "stack_diameter_m", "exit_velocity_m_s", "exit_temperature_k")
RELEASE_KEYS = ["source_id", "pollutant", "medium"]


def permitted(inputs: Inputs, rules: Rules) -> Inputs:
    """``inputs`` as far as ``rules`` let them be published.

    Withheld sources and their releases are left out. Generalised ones stand at the centre of their cell, numbered and
    not named. Aggregated ones are summed by dataset, country, administrative unit and sector, at a point of the unit.
    Where a position is no better than COARSE_DEG, releases to water and sea and pressure on land are left out: they
    would be told of a river, or of neighbours, that are not the source's.

    Raises
    ------
    PolicyError
        If anything but points is not open: withheld throughout, it would not have been read.
    """
    countries = inputs.region.countries
    decisions = tuple(
        item
        for dataset in (*inputs.datasets, *inputs.applied.withheld)
        for item in rules.statements(dataset.id, countries)
    )
    _check_kinds(inputs, rules)
    deciding = _by_source(inputs.sources, rules, claimants(inputs))
    precision = inputs.sources["source_id"].map({name: item.precision.value for name, item in deciding.items()})
    kept, generalised, aggregated = (
        inputs.sources[(precision == wanted.value).to_numpy()]
        for wanted in (Precision.OPEN, Precision.GENERALISED, Precision.AGGREGATED)
    )
    parts = [
        (kept, inputs.releases[inputs.releases["source_id"].isin(kept["source_id"])]),
        _generalised(generalised, inputs.releases, deciding),
        _aggregated(aggregated, inputs),
    ]
    sources = pd.concat([part for part, _ in parts if len(part)] or [kept], ignore_index=True)
    releases = pd.concat([part for _, part in parts if len(part)] or [parts[0][1]], ignore_index=True)
    sources = sources.sort_values("source_id", kind="stable", ignore_index=True)
    releases = releases.sort_values(RELEASE_KEYS, kind="stable", ignore_index=True)
    observations, intakes = permitted_observations(inputs, rules), permitted_intakes(inputs, rules)
    closed = _closed(decisions, inputs, deciding) | observations.closed | intakes.closed
    others = [table for table in (observations.table, intakes.table) if table is not None]
    return replace(
        inputs,
        observations=observations.table,
        intakes=intakes.table,
        sources=gpd.GeoDataFrame(sources, geometry="geometry", crs=inputs.sources.crs),
        releases=releases,
        quality=_quality(inputs.quality, closed),
        applied=replace(
            inputs.applied,
            decisions=decisions,
            digests=_digests(closed & {item.id for item in inputs.datasets}, sources, releases, others),
            positions={**_positions(parts[1][0], parts[2][0]), **observations.positions, **intakes.positions},
        ),
    )


def _check_kinds(inputs: Inputs, rules: Rules) -> None:
    """Refuse what can only be open once it is read, and is not: for the region's countries, or for a claimant of it."""
    countries = {*inputs.region.countries, *claimants_of(inputs.units)}
    for dataset in inputs.datasets:
        if dataset.provides in BY_ROW:
            continue
        decision = rules.strictest([dataset.id], countries)
        if decision.precision is not Precision.OPEN:
            raise PolicyError(
                f"is {decision.precision.value} for {decision.country}; what provides {dataset.provides} is open or "
                "withheld as a whole.",
                source=f"dataset {dataset.id}",
                field="precision",
                remedy="Record it as withheld or open for all countries of the region and all claimants of its units.",
            )


def published_names(inputs: Inputs, rules: Rules) -> Mapping[str, str]:
    """What `permitted` calls each generalised source, by its own id: known to nobody but who may read it in full."""
    deciding = _by_source(inputs.sources, rules, claimants(inputs))
    here = [deciding[name].precision is Precision.GENERALISED for name in inputs.sources["source_id"]]
    sources = inputs.sources[here]
    if sources.empty:
        return {}
    return {name: published for name, (published, _) in _moved(sources, inputs.releases, deciding)[2].items()}


def claimants(inputs: Inputs) -> Mapping[str, str]:
    """The countries that claim the unit where a source stands, by its id; nothing for settled units."""
    names = inputs.sources["source_id"].to_numpy()
    return {names[row]: ", ".join(found) for row, found in claimants_at(inputs.units, inputs.sources).items()}


def _by_source(sources: gpd.GeoDataFrame, rules: Rules, claimants: Mapping[str, str]) -> dict[str, Decision]:
    """The strictest decision on each source, by its id: of all datasets that name it, in its country and claimants."""
    known: dict[tuple[str, str], Decision] = {}
    found = {}
    for source, datasets, country in zip(sources["source_id"], sources["datasets"], sources["country"], strict=True):
        key = (datasets, ",".join([country, *names_in(claimants.get(source, country))]))
        if key not in known:
            known[key] = rules.strictest(names_in(datasets), names_in(key[1]))
        found[source] = known[key]
    return found


def names_in(datasets: str) -> list[str]:
    """The ids in a text that has commas between them."""
    return [part.strip() for part in datasets.split(",")]


def _generalised(
    sources: gpd.GeoDataFrame, releases: pd.DataFrame, deciding: Mapping[str, Decision]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Sources at the centres of their cells and what they release, told apart by number only."""
    if sources.empty:
        return sources, releases.iloc[:0]
    table, own, names = _moved(sources, releases, deciding)
    named = table.assign(
        name=table["source_id"].map(lambda item: names[item][1]),
        source_id=table["source_id"].map(lambda item: names[item][0]),
    )
    new = own["source_id"].map(lambda item: names[item][0])
    return named, own.assign(source_id=new, record_id=new)


def _moved(
    sources: gpd.GeoDataFrame, releases: pd.DataFrame, deciding: Mapping[str, Decision]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, dict[str, tuple[str, str]]]:
    """Sources at the centres of their cells and what they release, and the id and name they get, by their own id."""
    cell_deg = np.array([deciding[name].cell_deg for name in sources["source_id"]], dtype=float)
    lon, lat = snapped(sources.geometry.x.to_numpy(), cell_deg), snapped(sources.geometry.y.to_numpy(), cell_deg)
    table = sources.assign(
        position_accuracy_m=sources["position_accuracy_m"] + half_diagonal_m(lon, lat, cell_deg),
        geometry=gpd.points_from_xy(lon, lat, crs=sources.crs),
        land_weight=sources["land_weight"].where(cell_deg < COARSE_DEG, 0.0),
    )
    own = releases[releases["source_id"].isin(sources["source_id"])]
    coarse = set(sources.loc[cell_deg >= COARSE_DEG, "source_id"])
    own = own[~(own["source_id"].isin(coarse) & own["medium"].isin(["water", "sea"]))]
    totals = own.groupby("source_id")["release_kg_yr"].sum()
    order = table.assign(_lon=lon, _lat=lat, _kg=table["source_id"].map(totals).fillna(-1.0))
    # By what is published alone, so that the number tells nothing of the row it stands for.
    order = order.sort_values(["datasets", "_lat", "_lon", "sector", "kind", "_kg", *STACK], kind="stable")
    number = order.groupby("datasets").cumcount() + 1
    names = {
        row.source_id: (f"{row.datasets}:generalised-{number[row.Index]}", f"{row.sector} {number[row.Index]}")
        for row in order.itertuples()
    }
    return table, own, names


def _aggregated(sources: gpd.GeoDataFrame, inputs: Inputs) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """One source for each dataset, country, unit and sector of MIN_SOURCES sources; others, and those outside, go."""
    nothing = sources.iloc[:0], inputs.releases.iloc[:0]
    if sources.empty:
        return nothing
    units = inputs.units.reset_index(drop=True)
    point, unit = units.sindex.query(sources.geometry.array, predicate="intersects")
    unit_of = pd.Series(unit, index=sources.index[point]).groupby(level=0).first()
    inside = sources.loc[unit_of.index].assign(unit=unit_of)
    keys = ["datasets", "country", "unit", "sector"]
    groups = inside.groupby(keys)
    inside = inside[groups["source_id"].transform("size") >= MIN_SOURCES]
    if inside.empty:
        return nothing
    inside = inside.assign(
        group_id=[f"{row.datasets}:aggregated-{units['unit_id'][row.unit]}-{row.sector}" for row in inside.itertuples()]
    )
    releases = _summed(inside, inputs.releases)
    rows = inside.drop_duplicates("group_id")
    names = [f"{inputs.sectors[row.sector].title}, {units['name'][row.unit]}" for row in rows.itertuples()]
    shapes = units.geometry[rows["unit"]].reset_index(drop=True)
    centres = shapes.representative_point()
    worst, newest = inside.groupby("group_id")["quality"].max(), inside.groupby("group_id")["year"].max()
    table = rows.assign(
        source_id=rows["group_id"],
        name=names,
        kind=rows["sector"],
        position_accuracy_m=[reach_m(shape, centre) for shape, centre in zip(shapes, centres, strict=True)],
        land_weight=0.0,
        status="operating",
        year=rows["group_id"].map(newest).astype("Int64"),
        quality=rows["group_id"].map(worst),
        releases_assessed=rows["group_id"].isin(set(releases["source_id"])),
        geometry=gpd.GeoSeries(centres.to_numpy(), index=rows.index, crs=sources.crs),
        **dict.fromkeys(STACK, np.nan),
    )
    return table[list(sources.columns)], releases


def _summed(inside: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """What each group releases to air and land of a pollutant that MIN_SOURCES of its sources state."""
    own = releases.merge(inside[["source_id", "group_id"]], on="source_id")
    own = own[~own["medium"].isin(["water", "sea"])]
    keys = ["group_id", "pollutant", "medium"]
    found = own.groupby(keys, as_index=False).agg(
        release_kg_yr=("release_kg_yr", "sum"),
        year=("year", "max"),
        method=("method", "max"),
        quality=("quality", "max"),
        dataset=("dataset", "min"),
        stated=("source_id", "nunique"),
    )
    found = found[found["stated"] >= MIN_SOURCES].rename(columns={"group_id": "source_id"})
    # "C" < "E" < "M": what is measured in part only is not measured.
    mixed = own.groupby(keys)["method"].nunique().reindex(pd.MultiIndex.from_frame(found[RELEASE_KEYS])) > 1
    found["method"] = found["method"].mask(mixed.to_numpy(), "E")
    return found.assign(record_id=found["source_id"])[list(releases.columns)].astype({"year": "Int64"})


def _closed(decisions: Iterable[Decision], inputs: Inputs, deciding: Mapping[str, Decision]) -> frozenset[str]:
    """The datasets of which something is kept back, in whatever country."""
    said = {item.dataset for item in decisions if item.precision is not Precision.OPEN}
    rows = zip(inputs.sources["source_id"], inputs.sources["datasets"], strict=True)
    kept_back = [names_in(datasets) for name, datasets in rows if deciding[name].precision is not Precision.OPEN]
    return frozenset(said.union(*kept_back))


def _quality(quality: QualityReport, closed: frozenset[str]) -> QualityReport:
    """The report without the datasets that are not open: no row, count, file or correction of theirs."""
    return replace(
        quality,
        datasets=tuple(part for part in quality.datasets if part.dataset not in closed),
        profiles=tuple(part for part in quality.profiles if part.dataset not in closed),
        overrides=tuple(item for item in quality.overrides if item.override.source_id.split(":")[0] not in closed),
    )


def _digests(
    closed: frozenset[str], sources: pd.DataFrame, releases: pd.DataFrame, others: Iterable[gpd.GeoDataFrame]
) -> Mapping[str, str]:
    """SHA-256 of what is let in of each dataset that is not open: what stands for the hash of its file."""
    found = {}
    for dataset in sorted(closed):
        own = sources[np.array([dataset in names_in(text) for text in sources["datasets"]], dtype=bool)]
        text = _text(own)
        text += releases[releases["source_id"].isin(own["source_id"])].to_csv(index=False)
        text += "".join(_text(table[table.iloc[:, 0].str.startswith(f"{dataset}:")]) for table in others)
        found[dataset] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _text(table: pd.DataFrame) -> str:
    return str(pd.DataFrame(table.drop(columns="geometry")).assign(wkt=table["geometry"].map(str)).to_csv(index=False))


def _positions(generalised: pd.DataFrame, aggregated: pd.DataFrame) -> Mapping[str, str]:
    named = dict.fromkeys(generalised["source_id"], Precision.GENERALISED.value)
    return named | dict.fromkeys(aggregated["source_id"], Precision.AGGREGATED.value)
