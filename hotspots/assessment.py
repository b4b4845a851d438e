"""assess(Inputs, Method) -> Assessment: the whole method as one pure function of its inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from hotspots import pressures as pressure_fields
from hotspots.assumptions import assumptions, years_sentence
from hotspots.attribution import attribute, ranked
from hotspots.blocks import Executor
from hotspots.delineation import delineate, stable_ids
from hotspots.evaluation import evaluate
from hotspots.evidence import COMBINED, Evidence, gather
from hotspots.exposure import Coverage, coverage
from hotspots.fields import raster_layers
from hotspots.fields.rasters import AMBIENT_LAYER_END
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs
from hotspots.inventory import coverage_table
from hotspots.method import Method
from hotspots.observations import in_place
from hotspots.pressures import Pressures
from hotspots.progress import Progress
from hotspots.protection import dissolve
from hotspots.result import Assessment, Totals
from hotspots.sensitivity import sensitivity, sentence
from hotspots.standards import Zones, standards_table, units_as_zones, whole_region
from hotspots.statuses import missing, statuses
from hotspots.tables.admin import UnitCells, admin_table
from hotspots.tables.hotspots import Found, Surroundings, hotspot_table
from hotspots.tables.intervals import with_intervals
from hotspots.tables.matrix import attribution_matrix
from hotspots.tables.observations import observation_table
from hotspots.tables.protected import protected_table, vegetation_ratio
from hotspots.tables.river_mouths import river_mouth_table
from hotspots.tables.sources import source_table
from hotspots.tables.water import balance_table, intake_table
from hotspots.uncertainty import RankedHotspots, rank_uncertainty
from hotspots.validity import air_validity
from hotspots.vulnerability import vulnerability

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def assess(
    inputs: Inputs,
    method: Method,
    previous: gpd.GeoDataFrame | None,
    executor: Executor,
    progress: Progress,
) -> Assessment:
    """Assess a region.

    Parameters
    ----------
    previous:
        The hotspots of the edition before, whose ids are kept by overlap; None for the first edition.
    """
    pressures = pressure_fields.compute(inputs, method, executor, progress)
    return conclude(inputs, method, pressures, previous, executor, progress)


def conclude(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    previous: gpd.GeoDataFrame | None,
    executor: Executor,
    progress: Progress,
) -> Assessment:
    """Everything that follows from the pressures: scores, hotspots, attribution, summaries."""
    units = unit_cells(inputs)
    people_known = ~np.isnan(inputs.people)
    assessed = people_known & ((units.unit_of_cell >= 0) | (np.nan_to_num(inputs.people) > 0))
    people = vulnerability(inputs, method.scoring, assessed, units.unit_of_cell)
    land = units.unit_of_cell >= 0
    validity = air_validity(inputs, method.air, pressures, land)
    evidence = replace(gather(inputs, method, pressures, assessed, people), air_validity=validity)
    protection = _protection(inputs, pressures, land)
    found = _find(inputs, method, evidence, previous)
    labels = [_numbered(item) for item in found]
    attribution = attribute(inputs, method, pressures, labels, units.coverage, units.unit_of_cell, executor, progress)
    sets = [RankedHotspots(Coverage.of_labels(item.delineation.labels), item.numbers, item.ids) for item in found]
    progress.start("uncertainty", 1)
    sure = rank_uncertainty(inputs, method, pressures, evidence, attribution.detail, sets, units.coverage)
    progress.finish("uncertainty", f"{method.uncertainty.draws} draws")
    top = ranked(attribution, method.hotspots.top_sources)
    judges = in_place(inputs.observations, inputs.applied.positions)
    evaluations = evaluate(judges, evidence.ambient, inputs.grid, inputs.pollutants)
    listed = coverage_table(inputs)
    status = statuses(inputs, method, pressures, people, evaluations, listed)
    around = Surroundings(units.unit_of_cell, protection.fraction, protection.ecological, missing(status))
    hotspots = pd.concat(
        [hotspot_table(inputs, method, pressures, evidence, item, attribution, top, around) for item in found],
        ignore_index=True,
    )
    admin = admin_table(inputs, method, pressures, evidence, units, protection.fraction, hotspots)
    sensitive = sensitivity(inputs, method, pressures, evidence, protection.ecological)
    core = _core(people_known)
    return Assessment(
        region=inputs.region,
        method=method,
        grid=inputs.grid.window(*core),
        layers=_layers(inputs, method, pressures, evidence, protection, core),
        hotspots=with_intervals(hotspots, "hotspot_id", sure.hotspots),
        sources=with_intervals(
            source_table(inputs, attribution, pressures.water, pressures.land), "source_id", sure.sources
        ),
        units=with_intervals(admin, "unit_id", sure.units),
        protected=protected_table(inputs, pressures, protection.ratio, land),
        river_mouths=river_mouth_table(inputs, pressures.marine, units.unit_of_cell),
        observations=observation_table(inputs),
        contributions=_published_contributions(top, found),
        attribution=attribution_matrix(inputs, attribution.detail, _ids(found)),
        sensitivity=sensitive,
        standards=_standards(inputs, pressures, evidence, units, found, hotspots),
        water_balance=balance_table(pressures.water),
        intakes=intake_table(pressures.water),
        evaluations=evaluations,
        coverage=listed,
        releases=inputs.releases.sort_values(["source_id", "pollutant", "medium"], ignore_index=True),
        status=status,
        totals=totals(inputs, units.coverage),
        assumptions=(
            *assumptions(inputs, method, pressures, people, status["inventory"], validity),
            *filter(None, [sentence(sensitive)]),
        ),
        pollutants=inputs.pollutants,
        datasets=inputs.datasets,
        quality=inputs.quality,
        applied=inputs.applied,
    )


def unit_cells(inputs: Inputs) -> UnitCells:
    """The cells of each administrative unit.

    Where the population was made per unit every cell belongs to one; otherwise cells are shared by exact coverage
    and a cell that units cover more than once counts once.
    """
    if inputs.unit_of_cell is not None:
        whole = Coverage.of_labels(inputs.unit_of_cell + 1, len(inputs.units))
        return UnitCells(whole, inputs.unit_of_cell)
    shared = coverage(inputs.grid, inputs.units).without_overlap()
    return UnitCells(shared, shared.dominant())


def _standards(
    inputs: Inputs,
    pressures: Pressures,
    evidence: Evidence,
    units: UnitCells,
    found: list[Found],
    hotspots: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """People above annual standards, in the region, its units and its hotspots."""
    names = hotspots.set_index("hotspot_id")["name"]
    zones = (
        whole_region(inputs, evidence.assessed),
        units_as_zones(inputs.units, units.coverage),
        *(
            Zones("hotspot", item.ids, tuple(names[list(item.ids)]), Coverage.of_labels(item.delineation.labels))
            for item in found
        ),
    )
    return standards_table(inputs, pressures.increments, evidence.ambient, zones)


def totals(inputs: Inputs, units: Coverage) -> Totals:
    """People of the region, inside and outside the units; the two sum to the raster's own sum."""
    people = float(np.nansum(inputs.people))
    in_units = float(units.sum(inputs.people).sum())
    # Rounding may leave a billionth of a person less than nobody outside.
    return Totals(people, in_units, max(people - in_units, 0.0))


@dataclass(frozen=True)
class _Protection:
    """(rows, cols): protected share of each cell, critical-level ratio on land, and their product."""

    fraction: FloatArray | None
    ratio: FloatArray | None
    ecological: FloatArray | None


def _protection(inputs: Inputs, pressures: Pressures, land: BoolArray) -> _Protection:
    if inputs.protected is None:
        return _Protection(None, None, None)
    fraction = dissolve(inputs.protected, inputs.grid)
    ratio = vegetation_ratio(inputs, pressures, land)
    return _Protection(fraction, ratio, None if ratio is None else fraction * ratio)


def _find(inputs: Inputs, method: Method, evidence: Evidence, previous: gpd.GeoDataFrame | None) -> list[Found]:
    """Delineate the hotspots of the combined priority and of each assessed dimension."""
    found: list[Found] = []
    first = 1
    for dimension in (COMBINED, *evidence.percentiles):
        labelled = evidence.clustered[dimension].copy()
        if dimension in evidence.exceeds:
            labelled |= evidence.exceeds[dimension]
        if dimension == COMBINED:
            labelled |= evidence.high_priority
        delineation = delineate(
            labelled,
            inputs.grid,
            inputs.people,
            method.hotspots.min_people,
            concentration=evidence.clustering[dimension].z,
            saddle_share=method.hotspots.saddle_share,
        )
        earlier = None if previous is None else previous[previous["dimension"] == dimension]
        ids = stable_ids(delineation.polygons, earlier, f"{inputs.region.id}-{dimension}")
        count = len(delineation.polygons)
        found.append(Found(dimension, delineation, tuple(ids), np.arange(first, first + count)))
        first += count
    return found


def _numbered(found: Found) -> npt.NDArray[np.int32]:
    """The label raster with the numbers that run through all dimensions."""
    labels = found.delineation.labels
    offset = int(found.numbers[0]) - 1 if len(found.numbers) else 0
    return np.where(labels > 0, labels + offset, 0).astype(np.int32)


def _ids(found: list[Found]) -> dict[int, str]:
    """The id of each hotspot by its number."""
    return {int(number): name for item in found for number, name in zip(item.numbers, item.ids, strict=True)}


def _published_contributions(top: pd.DataFrame, found: list[Found]) -> pd.DataFrame:
    table = top.assign(hotspot_id=top["hotspot"].map(_ids(found))).drop(columns="hotspot")
    columns = ["hotspot_id", *(name for name in table.columns if name != "hotspot_id")]
    return table[columns].sort_values(["hotspot_id", "dimension", "rank"], ignore_index=True)


def _core(people_known: BoolArray) -> tuple[slice, slice]:
    """The window that holds every cell with population data: the grid without its margin."""
    rows, cols = np.flatnonzero(people_known.any(axis=1)), np.flatnonzero(people_known.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _layers(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    evidence: Evidence,
    protection: _Protection,
    core: tuple[slice, slice],
) -> xr.Dataset:
    """The rasters of the region, NaN outside what was assessed."""
    people = np.where(evidence.assessed, inputs.people, np.nan)
    fields: dict[str, FloatArray] = {"people": people, "burden": evidence.burden, "priority": evidence.priority}
    for name, field in pressures.by_dimension.items():
        fields[f"{name}_pressure"] = np.where(evidence.assessed, field, np.nan)
        fields[f"{name}_exposure"] = people * field
    for name, gi in evidence.clustering.items():
        fields |= {f"{name}_gi_z": gi.z, f"{name}_gi_p": gi.p, f"{name}_gi_p_adjusted": gi.p_adjusted}
    for name, increment in pressures.increments.items():
        fields[f"{name}_increment_ug_m3"] = np.where(evidence.assessed, increment, np.nan)
    if pressures.water is not None:
        for name, concentration in pressures.water.concentrations_mg_l.items():
            fields[f"{name}_freshwater_mg_l"] = np.where(evidence.assessed, concentration, np.nan)
    if pressures.marine is not None and pressures.marine.sea_kg_km2_yr is not None:
        fields["sea_plastic_kg_km2_yr"] = pressures.marine.sea_kg_km2_yr
    if evidence.vulnerability.score is not None:
        fields["vulnerability"] = evidence.vulnerability.score
    for name, total in evidence.ambient.items():
        fields[f"{name}{AMBIENT_LAYER_END}"] = total
    if evidence.air_validity is not None:
        limits = evidence.air_validity
        fields["air_near_coast"] = np.where(evidence.assessed, limits.near_coast, np.nan)
        fields["air_above_stacks"] = np.where(evidence.assessed, limits.above_stacks, np.nan)
    if protection.fraction is not None and protection.ecological is not None:
        fields["ecological_exposure"] = np.where(protection.fraction > 0, protection.ecological, np.nan)
    window: AnalysisGrid = inputs.grid.window(*core)
    layers = xr.Dataset({name: window.dataarray(values[core], name) for name, values in fields.items()})
    known = raster_layers(inputs.pollutants.values())
    made = {"years": years_sentence(inputs), "method": f"{method.title} ({method.id})"}
    for name in fields:
        layer = known[name]
        layers[name].attrs |= made | {"unit": layer.unit} | ({"validity": layer.validity} if layer.validity else {})
    return layers
