"""The sentences that belong beside every figure."""

from __future__ import annotations

from hotspots import grades
from hotspots.dimensions.air import GAS, AirPollutant, air_pollutants
from hotspots.dimensions.freshwater import WaterReport
from hotspots.dispersion import stability
from hotspots.inputs import FlowNetwork, Inputs, Runoff, RunoffRaster
from hotspots.inventory import ranking_scope
from hotspots.method import Method
from hotspots.pressures import Pressures
from hotspots.result import Status
from hotspots.uncertainty import DRAWN_RULES, drawn_priority
from hotspots.vulnerability import KIND_TITLES, Vulnerability

MUNICIPAL = (
    "Households and road traffic release the same per person in town and country; where a city cooks with gas or"
    " electricity, its increment is overstated and may reach the size of measured totals."
)


def assumptions(
    inputs: Inputs, method: Method, pressures: Pressures, people: Vulnerability, inventory: Status
) -> tuple[str, ...]:
    """What a reader must know of the numbers, each sentence once."""
    sentences = [
        *inputs.region.notes,
        *_listed(inventory),
        "Clustering is spatial concentration, not proof of pollution: a modelled field is smooth by construction.",
        _vulnerability(method, people),
        _rank_intervals(method, people),
    ]
    if pressures.increments:
        sentences += _air(inputs, method, pressures)
    if pressures.water is not None and inputs.network is not None:
        sentences += _freshwater(inputs, inputs.network, pressures.water)
    if "land" in pressures.by_dimension:
        sentences.append(
            "Land pressure is nearness to listed sites by a screening weight, not a measured contamination."
        )
    sentences.append(_years(inputs))
    return tuple(dict.fromkeys(sentences))


def _listed(inventory: Status) -> list[str]:
    """What share of all releases ranks are made from, where that is less than half or not known."""
    scope = ranking_scope(inventory)
    return [f"Ranks are {scope}: {inventory.reason}."] if scope else []


def _vulnerability(method: Method, people: Vulnerability) -> str:
    """What the vulnerability is made of, and what it does to the priority."""
    if people.score is None:
        return "Without vulnerability, priority is 10 × burden."
    kinds = ", ".join(KIND_TITLES[kind] for kind in people.used.values())
    return (
        f"Vulnerability is the mean of the people-weighted percentiles of: {kinds}; it is not health or exposure. "
        f"Priority is made of burden and vulnerability by the rule {method.scoring.priority_rule}."
    )


def _rank_intervals(method: Method, people: Vulnerability) -> str:
    """What the rank intervals are made from, and what not."""
    drawn, rule = method.uncertainty, method.hotspots.rank_rule
    factors = ", ".join(f"{grade} {factor:g}" for grade, factor in drawn.quality_factors)
    besides = "" if rule in DRAWN_RULES else f" Those of hotspots are not drawn for the rule {rule}."
    if not drawn_priority(method.scoring, people):
        besides = " Those of hotspots and units are not drawn for a geometric priority with vulnerability."
    return (
        f"Rank intervals (5–95 %) come from {drawn.draws} draws of the releases with 95 % factors {factors} by grade: "
        "one draw for each emission factor (sector, kind and pollutant), each municipal factor and each dimension's "
        f"weight, and a smaller one for each source. Outlines, people and their vulnerability, winds and dispersion "
        f"are not drawn.{besides}"
    )


def _air(inputs: Inputs, method: Method, pressures: Pressures) -> list[str]:
    climate = pressures.climate
    pollutants = air_pollutants(inputs)
    sentences = [
        "Concentrations are increments from listed sources, not ambient totals.",
        "Terrain is taken as flat; receptors above stack top and within 5 km of a coast are less certain.",
        climate.label,
    ]
    if inputs.wind is None:
        sentences.append("No wind is among the inputs: all directions are taken as equally frequent, stability as D.")
    else:
        sentences += [
            stability.ASSUMPTION,
            f"Calms, {climate.calm_share:.1%} of the time, take the direction of light winds.",
        ]
    sentences += [*_stacks(inputs, method), _lids(method)]
    if any(item.municipal_kg_per_person_yr for item in pollutants):
        sentences += [
            "People abroad release nothing: beyond the border only listed sources count.",
            MUNICIPAL,
        ]
        sentences += _without_municipal(pollutants)
    return sentences + [f"{item.pollutant.name}: {item.pollutant.note}" for item in pollutants if item.pollutant.note]


def _stacks(inputs: Inputs, method: Method) -> list[str]:
    """How high plumes are taken to rise; nothing to say where every source has its sector's default."""
    stacks = inputs.sources[inputs.sources["stack_height_m"].notna()]
    if stacks.empty:
        return []
    rising = int(stacks[[*GAS]].notna().all(axis=1).sum())
    known = f"{rising} of {len(stacks)} stacks of reported height have known gas"
    air_k = f"{method.air.ambient_temperature_k:g} K"
    return [
        f"{known}: their plumes rise after Briggs, in air of {air_k}; those of the others do not rise.",
        "A source without a stack has its sector's default height.",
    ]


def _lids(method: Method) -> str:
    lids = ", ".join(f"{height_m:g} m in class {name}" for name, height_m in method.air.mixing_height_m)
    if not lids:
        return "No mixing lid is assumed."
    return f"Air mixes up to {lids}, everywhere; what rises above does not come down."


def _freshwater(inputs: Inputs, network: FlowNetwork, report: WaterReport) -> list[str]:
    water = report.method
    flow = (
        f"the upstream area times a runoff of {network.flow.depth_mm_yr:g} mm/yr everywhere"
        if isinstance(network.flow, Runoff)
        else "the runoff of the area upstream"
        if isinstance(network.flow, RunoffRaster)
        else "as given"
    )
    rivers = f"Rivers flow at {water.velocity_m_s:g} m/s and {network.water_temperature_c:g} °C everywhere"
    sentences = [
        f"Discharge is {flow} ({network.flow.citation}).",
        f"{rivers}; lakes hold nothing back; a stream drains at least {water.stream_area_km2:g} km².",
        "People near a stream are near its water, not known to be exposed to it.",
        "Municipal wastewater enters where people live; plants that discharge elsewhere are not known.",
    ]
    for item in report.balances:
        kept = f"{item.released_kg_yr / 1e6:.3g} thousand t/yr of {item.pollutant} released to rivers"
        sentences.append(
            f"{kept}: {item.out_kg_yr / 1e6:.3g} leave the network, {item.decayed_kg_yr / 1e6:.3g} decay,"
            f" {item.stored_kg_yr / 1e6:.3g} stay in inland sinks (the mass balance closes);"
            f" {item.unrouted_kg_yr / 1e6:.3g} more are released where no river is known."
        )
    pollutants = [inputs.pollutants[item.pollutant] for item in report.balances]
    return sentences + [f"{pollutant.name}: {pollutant.note}" for pollutant in pollutants if pollutant.note]


def _without_municipal(pollutants: tuple[AirPollutant, ...]) -> list[str]:
    names = [item.pollutant.name for item in pollutants if not item.municipal_kg_per_person_yr]
    if not names:
        return []
    return [f"Households and road traffic are not part of {', '.join(names)}: no factor per person is configured."]


def _years(inputs: Inputs) -> str:
    first, last = grades.years(inputs)
    winds = f", winds of {inputs.wind.years[0]} to {inputs.wind.years[1]}" if inputs.wind else ""
    text = f"People are of {inputs.people_year}{winds}; the inputs span {first} to {last}."
    if grades.far_apart(inputs):
        text += f" That is more than {grades.MAX_YEARS_APART} years, so each hotspot's quality is one grade lower."
    return text
