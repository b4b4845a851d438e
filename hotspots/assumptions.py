"""The sentences that belong beside every figure."""

from __future__ import annotations

from hotspots import grades
from hotspots.dispersion import stability
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import AirPollutant, Pressures, air_pollutants
from hotspots.uncertainty import DRAWN_RULES

LISTED = (
    "Ranks are among listed sources: no national or EDGAR total is among the inputs, so what share of all releases "
    "they are is not known."
)


def assumptions(inputs: Inputs, method: Method, pressures: Pressures) -> tuple[str, ...]:
    """What a reader must know of the numbers, each sentence once."""
    sentences = [
        *inputs.region.notes,
        LISTED,
        "Clustering is spatial concentration, not proof of pollution: a modelled field is smooth by construction.",
        "Without vulnerability, priority is 10 × burden.",
        _rank_intervals(method),
    ]
    if pressures.increments:
        sentences += _air(inputs, pressures)
    if "land" in pressures.by_dimension:
        sentences.append(
            "Land pressure is nearness to listed sites by a screening weight, not a measured contamination."
        )
    sentences.append(_years(inputs))
    return tuple(dict.fromkeys(sentences))


def _rank_intervals(method: Method) -> str:
    """What the rank intervals are made from, and what not."""
    drawn, rule = method.uncertainty, method.hotspots.rank_rule
    factors = ", ".join(f"{grade} {factor:g}" for grade, factor in drawn.quality_factors)
    besides = "" if rule in DRAWN_RULES else f" Those of hotspots are not drawn for the rule {rule}."
    return (
        f"Rank intervals (5–95 %) come from {drawn.draws} draws of the releases with 95 % factors {factors} by grade: "
        "one draw for each emission factor (sector, kind and pollutant), each municipal factor and each dimension's "
        f"weight, and a smaller one for each source. Outlines, people, winds and dispersion are not drawn.{besides}"
    )


def _air(inputs: Inputs, pressures: Pressures) -> list[str]:
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
    if inputs.sources["stack_height_m"].notna().any():
        sentences.append(
            "Where a stack height is reported, no plume rise is added to it; elsewhere a sector's default."
        )
    if any(item.municipal_kg_per_person_yr for item in pollutants):
        sentences.append("People abroad release nothing: beyond the border only listed sources count.")
        sentences += _without_municipal(pollutants)
    return sentences + [item.pollutant.note for item in pollutants if item.pollutant.note]


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
