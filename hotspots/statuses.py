"""What was assessed, and why not where it was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hotspots.dimensions.air import air_pollutants
from hotspots.dimensions.freshwater import why_not
from hotspots.dimensions.marine import why_no_sea
from hotspots.evaluation import Evaluation
from hotspots.inputs import Inputs
from hotspots.intakes import ALL
from hotspots.inventory import inventory_status
from hotspots.method import Method
from hotspots.observations import SOIL, compared
from hotspots.pressures import Pressures
from hotspots.result import Status, Subject
from hotspots.sectors import LAND_SITES
from hotspots.standards import ambient_basis, exceedance_standard
from hotspots.vulnerability import SCORED, Vulnerability, status_text

TITLES: dict[Subject, str] = {
    "air": "air",
    "freshwater": "freshwater",
    "land": "land and soil",
    "marine": "marine and coastal",
    "protected_areas": "protected areas",
    "vulnerability": "vulnerability",
    "standards": "exceedance of standards",
    "monitors": "comparison with monitors",
    "inventory": "share of all releases",
}
KG_PER_T = 1000.0


def statuses(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    people: Vulnerability,
    evaluations: Sequence[Evaluation],
    listed: pd.DataFrame,
) -> dict[Subject, Status]:
    """One status per subject, with the reason in words."""
    return {
        "air": _air(inputs, pressures),
        "freshwater": _freshwater(inputs, pressures),
        "land": _land(inputs, pressures),
        "marine": _marine(inputs, pressures),
        "protected_areas": _protected(inputs, pressures),
        "vulnerability": _vulnerability(people, method.scoring.vulnerability_min_share_of_people),
        "standards": _standards(inputs, pressures),
        "monitors": _monitors(evaluations),
        "inventory": inventory_status(listed, inputs.pollutants.values()),
    }


def missing(status: Mapping[Subject, Status]) -> str:
    """The subjects that were not assessed, as a list in words."""
    return ", ".join(TITLES[subject] for subject, value in status.items() if value.state == "not_assessed")


def _air(inputs: Inputs, pressures: Pressures) -> Status:
    if not pressures.increments:
        return Status("not_assessed", "no release to air among the inputs")
    if "air" not in pressures.by_dimension:
        return Status("not_assessed", "no pollutant with an annual guideline is released to air among the inputs")
    listed = np.unique(np.concatenate([item.points.source_id for item in air_pollutants(inputs)])).size
    emitting = [f"{listed} listed sources", *_municipal_sectors(inputs), *_gridded_sectors(inputs)]
    text = f"increments from {', '.join(emitting)}; {pressures.climate.label}"
    enough = pressures.climate.enough
    if enough is not None:
        text += f"; {int((~enough).sum())} of {enough.size} points of the winds have too few values: not assessed there"
    unknown = int((~inputs.sources["releases_assessed"]).sum())
    if unknown:
        text += f"; releases of {unknown} listed sources are unknown"
    return Status("partly", f"{text}; {_missing_from_air(inputs)} are missing")


def _missing_from_air(inputs: Inputs) -> str:
    """What is neither listed nor among an inventory's grids, and what no plume tells."""
    gridded = {inputs.sectors[item.sector].inventory_group for item in inputs.gridded}
    kinds = {"industry": "industry without releases", "agriculture": "agriculture", "burning": "burning"}
    absent = [words for group, words in kinds.items() if group not in gridded]
    abroad = [words for group, words in (("households", "households"), ("traffic", "traffic")) if group not in gridded]
    if abroad:
        absent.append(f"{' and '.join(abroad)} abroad")
    return " and ".join(", ".join([*absent[:-1], "secondary particles", *absent[-1:]]).rsplit(", ", 1))


def _gridded_sectors(inputs: Inputs) -> list[str]:
    """The sectors of each inventory's grids, told apart from what people release by its title."""
    sectors: dict[str, set[str]] = {}
    for item in inputs.gridded:
        sectors.setdefault(item.title, set()).add(inputs.sectors[item.sector].title.lower())
    return [f"{', '.join(sorted(names))} of {title}" for title, names in sorted(sectors.items())]


def _municipal_sectors(inputs: Inputs) -> list[str]:
    sectors = sorted({factor.sector for factor in inputs.municipal if factor.medium == "air"})
    return [inputs.sectors[sector].title.lower() for sector in sectors]


def _freshwater(inputs: Inputs, pressures: Pressures) -> Status:
    water, field = pressures.water, pressures.by_dimension.get("freshwater")
    if water is None or field is None:
        return Status("not_assessed", why_not(inputs) or "no pollutant with a reference level is released to water")
    people = np.nan_to_num(inputs.people)
    known = float(people[~np.isnan(field)].sum() / people.sum())
    near = float(people[water.near].sum() / people.sum())
    names = ", ".join(inputs.pollutants[balance.pollutant].name for balance in water.balances)
    text = (
        f"{names} routed along rivers; the network and a discharge are known for {known:.0%} of the people, and"
        f" {near:.0%} live within {water.method.corridor_m / 1000:g} km of a stream: near, not known to be exposed"
    )
    not_routed = list(water.not_routed.values())
    if unreached := not_routed.count("NO_STREAM_IN_REACH"):
        text += f"; {unreached} sources have no stream within {water.method.snap_m / 1000:g} km and are not routed"
    if astray := not_routed.count("DRAINS_NOWHERE"):
        text += f"; {astray} sources drain to a dead end or circle of the flow directions and are not routed"
    text += _intakes(water.intakes)
    missing_part = "" if inputs.intakes is not None else " and drinking-water intakes"
    return Status("partly", f"{text}; farming, industry without releases{missing_part} are missing")


def _intakes(table: pd.DataFrame) -> str:
    """What is known of drinking-water intakes, in words; nothing without any."""
    if table.empty:
        return ""
    intakes = table[table["pollutant"] == ALL]
    known = intakes[intakes["reason"] == ""]
    served = known["people_served"].sum()
    text = f"; {len(known)} drinking-water intakes serve {served:,.0f} people, who are exposed"
    unknown = len(intakes) - len(known)
    return text + (f", {unknown} intakes are not assessed" if unknown else "")


def _land(inputs: Inputs, pressures: Pressures) -> Status:
    measured = _measured_soil(inputs)
    if "land" not in pressures.by_dimension or pressures.land is None:
        return Status("not_assessed", _listed("no contaminated site, dump or tailings among the inputs", measured))
    sites = inputs.sources[inputs.sources["land_weight"] > 0]
    kinds = sites["sector"].map(lambda sector: inputs.sectors[sector].land_site).value_counts()
    counted = ", ".join(f"{kinds[kind]} {title}" for kind, title in LAND_SITES.items() if kind in kinds)
    people = np.nan_to_num(inputs.people)
    near = "; ".join(
        f"{people[mask].sum():,.0f} people live within {distance_m / 1000:g} km"
        for distance_m, mask in sorted(pressures.land.near.items())
    )
    known = f"{len(sites)} listed sites ({counted}); {near} of one, each counted once"
    return Status("partly", _listed(known, measured, "sites that no inventory names are missing"))


def _listed(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _marine(inputs: Inputs, pressures: Pressures) -> Status:
    report = pressures.marine
    if report is None or report.sea_kg_km2_yr is None:
        reason = why_no_sea(inputs, report)
        if report is not None and inputs.network is not None:
            reason = f"{reason}; what arrives at {len(report.mouths)} river mouths is told"
        return Status("not_assessed", reason)
    people = np.nan_to_num(inputs.people)
    coastal = float(people[report.coastal].sum() / people.sum())
    ways = "straight to the coast only, no river network" if inputs.network is None else "along rivers and to the coast"
    text = (
        f"plastic of mismanaged waste, {report.entered_kg_yr / KG_PER_T:.3g} t/yr to the sea, {ways}; "
        f"{coastal:.0%} of the people live within {report.method.coastal_m / 1000:g} km of the sea"
    )
    if report.unreached:
        within = f"{report.method.snap_m / 1000:g} km"
        text += f"; {len(report.unreached)} sources release to a sea that is not within {within} of them"
    return Status("partly", f"{text}; ships, fishing gear, currents and what comes from other countries are missing")


def _protected(inputs: Inputs, pressures: Pressures) -> Status:
    if inputs.protected is None:
        return Status("not_assessed", "no protected areas among the inputs")
    circles = int(inputs.protected["from_point"].sum())
    without_area = sum(part.by_reason().get(("AREA_MISSING", "quarantined"), 0) for part in inputs.quality.datasets)
    levels = [inputs.pollutants[name].vegetation_level for name in pressures.increments]
    gaps = [
        f"{circles} are circles of the reported area" if circles else "",
        f"{without_area} points of the dataset have no area and are left out" if without_area else "",
        "" if any(levels) else "no pollutant with a critical level for vegetation is modelled",
        _unknown_at_sea(pressures) if inputs.protected["marine"].any() else "",
    ]
    text = f"{len(inputs.protected)} areas, overlaps counted once"
    known_gaps = [gap for gap in gaps if gap]
    return Status("partly", "; ".join([text, *known_gaps])) if known_gaps else Status("assessed", text)


def _unknown_at_sea(pressures: Pressures) -> str:
    if pressures.marine is None or pressures.marine.sea_kg_km2_yr is None:
        return "pressures on the sea are not modelled"
    return "of pressures on the sea only plastic from land is modelled"


def _vulnerability(found: Vulnerability, min_share: float) -> Status:
    text = status_text(found, min_share)
    if not text:
        return Status("not_assessed", "no layer of age, sex, poverty or wealth among the inputs")
    if found.score is None:
        return Status("not_assessed", text)
    missing = [name for name in SCORED if name not in found.used]
    if missing:
        return Status("partly", f"{text}; {' and '.join(missing)} not assessed")
    return Status("assessed", text)


def _standards(inputs: Inputs, pressures: Pressures) -> Status:
    basis = ambient_basis(inputs, pressures.increments)
    if not basis:
        return Status("not_assessed", "no ambient totals: increments alone are never compared with a standard")
    compared = []
    for pollutant, made_of in basis.items():
        standard = exceedance_standard(inputs, pollutant)
        if standard is not None:
            compared.append(f"{inputs.pollutants[pollutant].name} ({made_of}) against {standard.level.citation}")
    if not compared:
        return Status("not_assessed", "no annual limit or interim target for a pollutant whose ambient total is known")
    return Status("partly", f"annual means of {'; '.join(compared)}")


def _monitors(evaluations: Sequence[Evaluation]) -> Status:
    if not evaluations:
        return Status("not_assessed", "no monitors among the inputs")
    text = "; ".join(item.reason for item in evaluations)
    if not any(item.skill for item in evaluations):
        return Status("not_assessed", text)
    return Status("assessed" if all(item.skill for item in evaluations) else "partly", text)


def _measured_soil(inputs: Inputs) -> str:
    """How many soil samples there are and how many are above a level, pollutant by pollutant; empty without any."""
    if inputs.observations is None:
        return ""
    soil = inputs.observations[inputs.observations["medium"] == SOIL]
    if soil.empty:
        return ""
    levels = compared(soil, inputs.pollutants).assign(pollutant=soil["pollutant"])
    counted = [
        f"{inputs.pollutants[str(name)].name} {int(rows['exceeds'].sum())} of {len(rows)} above"
        f" {rows['standard'].iloc[0]:g} mg/kg"
        for name, rows in levels.dropna(subset=["standard"]).groupby("pollutant")
    ]
    said = f"soil was sampled at {soil['station_id'].nunique()} places"
    return "; ".join([said, *counted]) + "; measured soil is published, not scored"
