"""The sentences that belong beside every figure."""

from __future__ import annotations

import numpy as np

from hotspots import grades
from hotspots.dimensions.air import GAS, AirPollutant, air_pollutants
from hotspots.dimensions.freshwater import WaterReport
from hotspots.dimensions.marine_report import MarineReport
from hotspots.dispersion import stability
from hotspots.inputs import FlowNetwork, Inputs, MergedCounts, Runoff, RunoffRaster
from hotspots.inventory import ranking_scope
from hotspots.method import Method
from hotspots.pressures import Pressures
from hotspots.result import Status
from hotspots.uncertainty import DRAWN_RULES, drawn_priority
from hotspots.validity import AirValidity
from hotspots.vulnerability import KIND_TITLES, Vulnerability

KG_PER_T = 1000.0
MUNICIPAL = (
    "Households and road traffic release the same per person in town and country; where a city cooks with gas or"
    " electricity, its increment is overstated and may reach the size of measured totals."
)


def assumptions(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    people: Vulnerability,
    inventory: Status,
    validity: AirValidity | None = None,
) -> tuple[str, ...]:
    """What a reader must know of the numbers, each sentence once; ``validity`` is None where it cannot be told."""
    sentences = [
        *inputs.region.notes,
        *_listed(inventory),
        "Clustering is spatial concentration, not proof of pollution: a modelled field is smooth by construction.",
        *_merged(inputs.merged),
        _vulnerability(method, people),
        _rank_intervals(method, people),
    ]
    if pressures.increments:
        sentences += _air(inputs, method, pressures, validity)
    if pressures.water is not None and inputs.network is not None:
        sentences += _freshwater(inputs, inputs.network, pressures.water)
    if pressures.marine is not None:
        sentences += _marine(inputs, pressures.marine)
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


def _merged(counts: MergedCounts | None) -> list[str]:
    """What was done to confidential counts, and what it does to figures."""
    if counts is None:
        return []
    sentences = []
    if counts.merged_cells:
        sentences.append(
            f"Counts of people are confidential: {counts.merged_cells} of {counts.cells} cells, with"
            f" {counts.people_share:.1%} of the people, are merged into blocks of up to {counts.largest_block} cells,"
            f" each with its people spread evenly, so that no count below {counts.threshold:g} is told. The region's"
            " total is exact; figures of areas that cut blocks are estimates."
        )
    if counts.pooled_units:
        sentences.append(
            f"Groups of people are confidential counts: {counts.pooled_units} administrative units share the groups'"
            f" shares with their neighbours, as one of their own would be below {counts.threshold:g} people."
        )
    return sentences or [f"Counts of people are confidential; none is below {counts.threshold:g} people."]


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


def _air(inputs: Inputs, method: Method, pressures: Pressures, validity: AirValidity | None) -> list[str]:
    climate = pressures.climate
    pollutants = air_pollutants(inputs)
    sentences = [
        "Concentrations are increments from listed sources, not ambient totals.",
        _terrain(inputs, method, validity),
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
        beyond = "listed sources and grids of inventories count" if inputs.gridded else "only listed sources count"
        sentences += [f"People abroad release nothing: beyond the border {beyond}.", MUNICIPAL]
        sentences += _without_municipal(pollutants)
    sentences += _gridded(inputs)
    return sentences + [f"{item.pollutant.name}: {item.pollutant.note}" for item in pollutants if item.pollutant.note]


def _terrain(inputs: Inputs, method: Method, validity: AirValidity | None) -> str:
    """How much of the region lies outside what a plume over flat ground is made for."""
    where = (
        f"within {method.air.coast_m / 1000:g} km of a coast and on ground above the tops of stacks that bring"
        f" {method.air.above_stacks_share:.0%} or more of the pressure"
    )
    if validity is None or inputs.elevation is None:
        return f"Terrain is taken as flat. Figures {where} are less certain; without terrain it is not known where."
    people = np.nan_to_num(inputs.people)
    known = ~np.isnan(validity.outside)
    total = float(people[known].sum())
    if total == 0:
        return (
            f"Terrain is taken as flat. Figures {where} are less certain; the terrain does not say where people live."
        )
    near, above = (
        float(people[known & (values >= limit)].sum()) / total
        for values, limit in ((validity.near_coast, 1.0), (validity.above_stacks, method.air.above_stacks_share))
    )
    return (
        f"Terrain is taken as flat. Figures {where} are less certain: {near:.0%} and {above:.0%} of the people live"
        f" there. Coast and heights are known to {inputs.elevation.resolution_m / 1000:.2g} km."
    )


def _stacks(inputs: Inputs, method: Method) -> list[str]:
    """How high plumes are taken to rise."""
    stacks = inputs.sources[inputs.sources["stack_height_m"].notna()]
    if stacks.empty:
        return ["No stack is reported: every source has its sector's default effective height."]
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
    rivers = f"Rivers flow at {water.velocity_m_s:g} m/s and {network.water_temperature_c:g} °C everywhere"
    sentences = [
        f"Discharge is {_discharge(network)} ({network.flow.citation}).",
        f"{rivers}; a stream drains at least {water.stream_area_km2:g} km².",
        _lakes(report),
        "People near a stream are near its water, not known to be exposed to it.",
        _wastewater(inputs.wastewater_served_share),
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


def _marine(inputs: Inputs, report: MarineReport) -> list[str]:
    method, rivers = report.method, inputs.network is not None
    on_land = f"on land it falls to 1/e within {method.overland_m / 1000:g} km"
    moving = f"{method.mobilised_share:.0%} are set in motion, a choice that scales every tonne alike"
    sentences = [f"Of {report.released_kg_yr / KG_PER_T:.4g} t/yr of mismanaged plastic {moving}; {on_land}."]
    if rivers:
        sentences.append(
            f"{report.at_mouths_kg_yr / KG_PER_T:.4g} t/yr of plastic arrive at river mouths; in a river that drains "
            f"1 000 km² it falls to 1/e within {method.river_m / 1000:g} km, in a larger one farther down."
        )
    if report.sea_kg_km2_yr is None or inputs.elevation is None:
        return sentences
    if not rivers:
        sentences.append(
            "Without a river network plastic goes straight to the coast, and only from within "
            f"{method.reach_m / 1000:g} km of it: what rivers bring from inland is missing."
        )
    held = report.held_in_kg_yr / KG_PER_T
    edge = f" {held:.3g} t/yr enter so near the edge of the grid that it holds them in." if held > 0 else ""
    people = report.people_off_land
    off_land = f" {people:.0f} people live in such cells, which stay land." if people > 0 else ""
    spread = f"enter the sea and are spread by water within {method.radius_m / 1000:g} km"
    terrain = f"heights are known to {inputs.elevation.resolution_m / 1000:.2g} km"
    sentences.append(
        f"{report.entered_kg_yr / KG_PER_T:.4g} t/yr of plastic {spread}; currents, beaching and sinking are not "
        f"modelled.{edge}"
    )
    sentences.append(
        f"People within {method.coastal_m / 1000:g} km of the sea take the plastic of the nearest sea cell: they live "
        "beside it, and are not known to be exposed."
    )
    sentences.append(
        f"The sea lies at or below sea level outside the units and reaches the edge of the grid; {terrain}, and beside "
        f"the units their outline decides.{off_land}"
    )
    return sentences


def _discharge(network: FlowNetwork) -> str:
    if isinstance(network.flow, Runoff):
        return f"the upstream area times a runoff of {network.flow.depth_mm_yr:g} mm/yr everywhere"
    return "the runoff of the area upstream" if isinstance(network.flow, RunoffRaster) else "as given"


def _wastewater(served_share: float) -> str:
    """Where municipal wastewater enters, and that of whom."""
    if not served_share:
        return "Municipal wastewater enters where people live; plants that discharge elsewhere are not known."
    return (
        f"Listed treatment plants release the wastewater of {served_share:.0%} of the people, by people served and"
        " level of treatment; that of the others enters where people live, taken as if they lived as all people do."
    )


def _lakes(report: WaterReport) -> str:
    if not report.lakes:
        text = "Lakes hold nothing back."
    else:
        text = (
            f"{len(report.lakes)} lakes, taken as completely mixed, hold back what decays in water; nothing settles in"
            " them. Other lakes are rivers."
        )
    if report.lakes_left_out:
        text += f" Without a stream or discharge at the outlet: {', '.join(report.lakes_left_out)}."
    return text


def _gridded(inputs: Inputs) -> list[str]:
    """What is taken from inventories' grids, how it disperses, and what it stands in place of."""
    sentences = []
    for title in sorted({item.title for item in inputs.gridded}):
        own = [item for item in inputs.gridded if item.title == title]
        names = sorted({inputs.sectors[item.sector].title for item in own})
        sentences.append(
            f"{', '.join(names)}: releases of {title}, spread evenly over each cell of its grid and released at the"
            " sector's effective height."
        )
        factors = sorted({inputs.sectors[item.sector].title for item in own if item.replaced_factors})
        if factors:
            sentences.append(f"{title} stands in place of the factors per person of {', '.join(factors)}.")
        replaced = sum(item.replaced_sources for item in own)
        if replaced:
            sentences.append(
                f"{title} stands in place of {replaced} releases of listed sources, which are not counted."
            )
    return sentences


def _without_municipal(pollutants: tuple[AirPollutant, ...]) -> list[str]:
    names = [
        item.pollutant.name
        for item in pollutants
        if not item.municipal_kg_per_person_yr and not {"household", "road_traffic"} & item.gridded_kg_yr.keys()
    ]
    if not names:
        return []
    return [f"Households and road traffic are not part of {', '.join(names)}: no factor per person is configured."]


def years_sentence(inputs: Inputs) -> str:
    """Of which years people, winds and inputs are."""
    first, last = grades.years(inputs)
    winds = f", winds of {inputs.wind.years[0]} to {inputs.wind.years[1]}" if inputs.wind else ""
    return f"People are of {inputs.people_year}{winds}; the inputs span {first} to {last}."


def _years(inputs: Inputs) -> str:
    text = years_sentence(inputs)
    if grades.far_apart(inputs):
        text += f" That is more than {grades.MAX_YEARS_APART} years, so each hotspot's quality is one grade lower."
    return text
