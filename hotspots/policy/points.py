"""Measured values and drinking-water intakes as far as they may be published: the policy of points that are no source.

Their rows tell no country: the strictest word of the region's countries counts, and of all claimants where a point
stands in a disputed unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.consent import Decision, Precision
from hotspots.inputs import Inputs
from hotspots.observations import SOIL
from hotspots.policy.cells import COARSE_DEG, claimants_at, half_diagonal_m, reach_m, snapped
from hotspots.policy.rules import Rules

MIN_STATIONS = 3
"""A mean of fewer stations is not published (project's choice, as for sources)."""
GROUP = ["_dataset", "_unit", "pollutant", "medium", "unit", "statistic", "period_start", "period_end"]


@dataclass(frozen=True)
class Points:
    """A table of points as it may be published; ``positions`` as in `hotspots.consent.Applied`, by row id.

    ``closed`` are the datasets of which something is kept back.
    """

    table: gpd.GeoDataFrame | None
    positions: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


def permitted_observations(inputs: Inputs, rules: Rules) -> Points:
    """The measured values that may be published.

    Generalised stations stand at the centre of their cell, numbered and not named, with the accuracy of that; at
    COARSE_DEG samples of soil are left out, since units and hotspots count them. Aggregated ones become the mean over
    MIN_STATIONS stations or more of one unit, pollutant, statistic and period, at a point of the unit; samples of soil
    are left out.
    """
    table = inputs.observations
    if table is None or table.empty:
        return Points(table)
    deciding = _decisions(inputs, rules, table, "observations", "observation_id")
    parts = {item: table[[decision.precision is item for decision in deciding]] for item in Precision}
    cell_deg = np.array([item.cell_deg for item in deciding if item.precision is Precision.GENERALISED], dtype=float)
    datasets = pd.Series([item.dataset for item in deciding], index=table.index)
    moved = _generalised(parts[Precision.GENERALISED], cell_deg, datasets)
    means = _means(parts[Precision.AGGREGATED], datasets, inputs.units)
    named = dict.fromkeys(moved["observation_id"], Precision.GENERALISED.value)
    named |= dict.fromkeys(means["observation_id"], Precision.AGGREGATED.value)
    closed = frozenset(item.dataset for item in deciding if item.precision is not Precision.OPEN)
    together = pd.concat([part for part in (parts[Precision.OPEN], moved, means) if len(part)] or [table.iloc[:0]])
    ordered = together.sort_values("observation_id", kind="stable", ignore_index=True)
    return Points(gpd.GeoDataFrame(ordered, geometry="geometry", crs=table.crs), named, closed)


def permitted_intakes(inputs: Inputs, rules: Rules) -> Points:
    """The intakes that may be published: generalised ones below COARSE_DEG only; a wrong river is worse than none."""
    table = inputs.intakes
    if table is None or table.empty:
        return Points(table)
    deciding = _decisions(inputs, rules, table, "intakes", "intake_id")
    cells = np.array([item.cell_deg or 0.0 for item in deciding])
    fine = np.array([item.precision is Precision.GENERALISED for item in deciding]) & (cells < COARSE_DEG)
    own, moved = table[[item.precision is Precision.OPEN for item in deciding]], table[fine]
    datasets = pd.Series([item.dataset for item in deciding], index=table.index)
    lon, lat = snapped(moved.geometry.x, cells[fine]), snapped(moved.geometry.y, cells[fine])
    order = moved.assign(_dataset=datasets[moved.index], _lon=lon, _lat=lat)
    order = order.sort_values(["_dataset", "_lat", "_lon", "people_served"], kind="stable")
    number = order.groupby("_dataset").cumcount() + 1
    moved = moved.assign(
        intake_id=[f"{datasets[row]}:generalised-{number[row]}" for row in moved.index],
        name=[f"Intake {number[row]}" for row in moved.index],
        geometry=gpd.points_from_xy(lon, lat, crs=table.crs),
    )
    closed = frozenset(item.dataset for item in deciding if item.precision is not Precision.OPEN)
    together = pd.concat([part for part in (own, moved) if len(part)] or [table.iloc[:0]])
    ordered = together.sort_values("intake_id", kind="stable", ignore_index=True)
    positions = dict.fromkeys(moved["intake_id"], Precision.GENERALISED.value)
    return Points(gpd.GeoDataFrame(ordered, geometry="geometry", crs=table.crs), positions, closed)


def _decisions(inputs: Inputs, rules: Rules, table: gpd.GeoDataFrame, provides: str, key: str) -> list[Decision]:
    """The strictest decision on each row, of the dataset its id begins with; of all of the kind where it names none."""
    datasets = sorted(item.id for item in inputs.datasets if item.provides == provides)
    claimed = claimants_at(inputs.units, table)
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], Decision] = {}
    found = []
    for row, name in enumerate(table[key]):
        prefix = str(name).partition(":")[0]
        of = (prefix,) if prefix in datasets else tuple(datasets)
        countries = tuple(sorted({*inputs.region.countries, *claimed.get(row, ())}))
        if (of, countries) not in known:
            known[of, countries] = rules.strictest(of, countries)
        found.append(known[of, countries])
    return found


def _generalised(table: gpd.GeoDataFrame, cell_deg: np.ndarray, datasets: pd.Series) -> gpd.GeoDataFrame:
    """Stations in the middle of their cells, told apart by number only."""
    kept = (cell_deg < COARSE_DEG) | (table["medium"] != SOIL).to_numpy()
    table, cell_deg = table[kept], cell_deg[kept]
    if table.empty:
        return table
    lon, lat = snapped(table.geometry.x, cell_deg), snapped(table.geometry.y, cell_deg)
    rows = table.assign(_dataset=datasets[table.index], _lon=lon, _lat=lat)
    # By what is published alone: the values of a station, so that the number tells nothing of the row it stands for.
    told = ["pollutant", "medium", "statistic", "period_start", "period_end", "value"]
    text = rows[told].astype(str).agg("|".join, axis=1)
    stations = rows.assign(_told=text).groupby(["_dataset", "station_id"], as_index=False)
    each = stations.agg(_lat=("_lat", "first"), _lon=("_lon", "first"), _told=("_told", lambda own: tuple(sorted(own))))
    each = each.sort_values(["_dataset", "_lat", "_lon", "_told"], kind="stable")
    each["_number"] = each.groupby("_dataset").cumcount() + 1
    number = each.set_index(["_dataset", "station_id"])["_number"]
    own = [number[key] for key in zip(rows["_dataset"], rows["station_id"], strict=True)]
    names = [f"{dataset}:generalised-{n}" for dataset, n in zip(rows["_dataset"], own, strict=True)]
    return table.assign(
        observation_id=[f"{name}:{pollutant}" for name, pollutant in zip(names, table["pollutant"], strict=True)],
        station_id=names,
        name=[f"Station {n}" for n in own],
        position_accuracy_m=half_diagonal_m(lon, lat, cell_deg),
        geometry=gpd.points_from_xy(lon, lat, crs=table.crs),
    )


def _means(table: gpd.GeoDataFrame, datasets: pd.Series, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One mean for each unit and what can be averaged in it."""
    units = units.reset_index(drop=True)
    table = table[table["medium"] != SOIL]
    point, unit = units.sindex.query(table.geometry.array, predicate="intersects")
    unit_of = pd.Series(unit, index=table.index[point]).groupby(level=0).first()
    inside = table.loc[unit_of.index].assign(_unit=unit_of, _dataset=datasets[unit_of.index])
    groups = inside.groupby(GROUP, dropna=False)
    inside = inside[groups["station_id"].transform("nunique") >= MIN_STATIONS]
    if inside.empty:
        return table.iloc[:0]
    mean = inside.groupby(GROUP, dropna=False, as_index=False).agg(
        value=("value", "mean"), coverage=("coverage", "min")
    )
    shapes = units.geometry[mean["_unit"]].reset_index(drop=True)
    centres = shapes.representative_point()
    placed = zip(mean["_dataset"], units["unit_id"][mean["_unit"]], strict=True)
    stations = [f"{dataset}:aggregated-{unit}" for dataset, unit in placed]
    number = mean.groupby(["_dataset", "_unit", "pollutant"]).cumcount()
    found = mean.assign(
        station_id=stations,
        observation_id=[
            ":".join([station, pollutant, *([str(n + 1)] if n else [])])
            for station, pollutant, n in zip(stations, mean["pollutant"], number, strict=True)
        ],
        name=[f"Mean of stations, {units['name'][at]}" for at in mean["_unit"]],
        position_accuracy_m=[reach_m(shape, centre) for shape, centre in zip(shapes, centres, strict=True)],
        geometry=centres.to_numpy(),
    )
    return gpd.GeoDataFrame(found[[*table.columns, "position_accuracy_m"]], geometry="geometry", crs=table.crs)
