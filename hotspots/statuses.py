"""What was assessed, what was not, and what a reader must know of the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from hotspots.inputs import Inputs
from hotspots.pressures import Pressures, air_pollutants
from hotspots.result import Status, Subject

TITLES: dict[Subject, str] = {
    "air": "air",
    "freshwater": "freshwater",
    "land": "land and soil",
    "marine": "marine and coastal",
    "protected_areas": "protected areas",
    "vulnerability": "vulnerability",
    "standards": "exceedance of standards",
    "monitors": "comparison with monitors",
}
ANNUAL_DAYS = 330
MAX_YEARS_APART = 5


def statuses(inputs: Inputs, pressures: Pressures) -> dict[Subject, Status]:
    """One status per subject, with the reason in words."""
    return {
        "air": _air(inputs, pressures),
        "freshwater": Status("not_assessed", "no river network and discharge among the inputs"),
        "land": _land(inputs, pressures),
        "marine": Status("not_assessed", "no coastal pathway of waste or river loads is modelled in this edition"),
        "protected_areas": _protected(inputs),
        "vulnerability": Status("not_assessed", "no layer of age, sex, poverty or health among the inputs"),
        "standards": _standards(inputs, pressures),
        "monitors": _monitors(inputs.observations),
    }


def missing(status: Mapping[Subject, Status]) -> str:
    """The subjects that were not assessed, as a list in words."""
    return ", ".join(TITLES[subject] for subject, value in status.items() if value.state == "not_assessed")


def assumptions(inputs: Inputs, pressures: Pressures) -> tuple[str, ...]:
    """The sentences that belong beside every figure."""
    sentences = [
        *inputs.region.notes,
        "Concentrations are increments from listed sources, not ambient totals.",
        "Terrain is taken as flat; receptors above stack top and within 5 km of a coast are less certain.",
        "Clustering is spatial concentration, not proof of pollution: a modelled field is smooth by construction.",
        "Without vulnerability, priority is 10 × burden.",
    ]
    if "air" in pressures.by_dimension:
        sentences.append(pressures.climate.label)
        sentences += [item.pollutant.note for item in air_pollutants(inputs) if item.pollutant.note]
    years = [dataset.year for dataset in inputs.datasets if dataset.year is not None]
    if years and max(years) - min(years) > MAX_YEARS_APART:
        sentences.append(f"The inputs are up to {max(years) - min(years)} years apart ({min(years)} to {max(years)}).")
    return tuple(dict.fromkeys(sentences))


def _air(inputs: Inputs, pressures: Pressures) -> Status:
    if "air" not in pressures.by_dimension:
        return Status("not_assessed", "no release to air among the inputs")
    points = sum(bool((inputs.releases["source_id"] == source).any()) for source in inputs.sources["source_id"])
    unknown = int((~inputs.sources["releases_assessed"]).sum())
    text = f"increments from {points} listed sources, households and road traffic; {pressures.climate.label}"
    if unknown:
        text += f"; releases of {unknown} listed sources are unknown"
    return Status(
        "partly", f"{text}; industry without releases, agriculture, burning and secondary particles are missing"
    )


def _land(inputs: Inputs, pressures: Pressures) -> Status:
    if "land" not in pressures.by_dimension:
        return Status("not_assessed", "no contaminated site, dump or tailings among the inputs")
    sites = int((inputs.sources["land_weight"] > 0).sum())
    return Status("partly", f"{sites} listed sites; sites that no inventory names are missing")


def _protected(inputs: Inputs) -> Status:
    if inputs.protected is None:
        return Status("not_assessed", "no protected areas among the inputs")
    circles = int(inputs.protected["from_point"].sum())
    if circles:
        return Status("partly", f"{circles} of {len(inputs.protected)} are circles of the reported area")
    return Status("assessed", f"{len(inputs.protected)} areas, overlaps counted once")


def _standards(inputs: Inputs, pressures: Pressures) -> Status:
    known = [b.pollutant for b in inputs.region.backgrounds if b.pollutant in pressures.increments]
    if not known:
        return Status("not_assessed", "no ambient totals: increments alone are never compared with a standard")
    names = ", ".join(inputs.pollutants[name].name for name in known)
    return Status("partly", f"background + increment of {names} against WHO interim target 1")


def _monitors(observations: gpd.GeoDataFrame | None) -> Status:
    if observations is None or observations.empty:
        return Status("not_assessed", "no monitors among the inputs")
    start, end = observations["period_start"].min(), observations["period_end"].max()
    days = (end - start).days + 1
    stations = observations["station_id"].nunique()
    period = f"{stations} monitors, {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    if days < ANNUAL_DAYS:
        return Status(
            "not_assessed", f"not comparable: {period} ({days} days) against annual increments; no skill figure"
        )
    return Status("not_assessed", f"not comparable: {period} measure ambient totals, the model gives increments")
