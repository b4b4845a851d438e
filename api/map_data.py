"""What the scripts of the map page read of one edition, as JSON in the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.burden_view import burden_data
from api.editions import Editions
from api.filter_form import RULE_TITLES
from api.i18n import ENGLISH, N_, Language
from api.local_names import searched_name
from config.load import sectors
from hotspots.editions import Edition
from hotspots.fields import DIMENSION_TITLES, PRESSURE_NOTES, PRESSURE_UNITS

SUBJECT_TITLES = {
    "air": N_("Air"),
    "freshwater": N_("Freshwater"),
    "land": N_("Land and soil"),
    "marine": N_("Marine and coastal"),
    "protected_areas": N_("Protected areas"),
    "vulnerability": N_("Vulnerability"),
    "standards": N_("Standards"),
    "monitors": N_("Monitors"),
    "inventory": N_("Share of all releases"),
}
SECTOR_GROUPS = {
    "power": N_("Power plants"),
    "industry": N_("Industry and mining"),
    "waste": N_("Waste and wastewater"),
    "other": N_("Other sectors"),
}
"""How sources are coloured: the groups of the legend."""
GROUP_OF = {"power": "power", "industry": "industry", "waste": "waste", "households": "waste"}
"""Group of a sector in an inventory -> group of the legend; sources of households are wastewater plants."""
SHOWN_FIRST = ("admin", "hotspots", "sources")
"""What is drawn from the start, and comes as one tile: a third of the requests."""
VECTOR_TILES = ("hotspots", "sources", "admin", "protected", "river_mouths", "observations")


def page_data(
    editions: Editions, edition: Edition, files: str, rasters: Sequence[tuple[str, str, str]], language: Language
) -> dict[str, Any]:
    """What the scripts read, in the page's language; every address is relative to the page.

    ``rasters`` are name, title and unit of those the map shows.
    """
    manifest = edition.manifest
    tiles = _tiles(editions, edition)
    return {
        "messages": language.script_messages,
        "plurals": language.plural_categories,
        "region": edition.region,
        "edition": edition.id,
        "localName": searched_name(editions, edition, language),
        "files": files,
        "bounds": list(manifest.bounds),
        "dimensions": {name: language.text(heading) for name, heading in DIMENSION_TITLES.items()},
        "rules": {name: language.text(heading) for name, heading in RULE_TITLES.items()},
        "corners": editions.document(edition, f"pictures/{rasters[0][0]}.json")["coordinates"] if rasters else None,
        "rasters": [_raster_data(editions, edition, *raster, language) for raster in rasters],
        "tiles": tiles,
        "disputed": bool((ground(editions, edition) or {}).get("disputed")),
        "sectors": {name: GROUP_OF.get(sector.inventory_group or "", "other") for name, sector in sectors().items()},
        "burden": burden_data(edition),
        "increments": _increments(editions, edition, language),
        "pressures": [
            {
                "field": f"{name}_pressure",
                "title": language.text(DIMENSION_TITLES[name]),
                "unit": language.unit(unit),
                "note": _free(PRESSURE_NOTES.get(name), language),
            }
            for name, unit in PRESSURE_UNITS.items()
        ],
        "missing": [
            {"title": language.text(SUBJECT_TITLES.get(name, name)), "reason": _free(status.reason, language)}
            for name, status in manifest.status.items()
            if status.state == "not_assessed"
        ],
        "years": sorted({file.year for file in manifest.inputs if file.year is not None}),
    }


def ground(editions: Editions, edition: Edition) -> Mapping[str, str] | None:
    """The paths of land and lines that still maps draw (``tiles.ground.Ground``); None where no units are published."""
    path = "pictures/ground.json"
    found: Mapping[str, str] | None = editions.document(edition, path) if editions.has(edition, path) else None
    return found


def _tiles(editions: Editions, edition: Edition) -> list[dict[str, Any]]:
    """The tiled sources of the map, each of the layers in it; without its bounds it would ask for tiles all around."""
    known = [name for name in VECTOR_TILES if editions.has(edition, f"tiles/{name}.pmtiles")]
    base = [name for name in SHOWN_FIRST if name in known]
    found = []
    for layers in ([base] if base else []) + [[name] for name in known if name not in SHOWN_FIRST]:
        headers = [editions.tiles(edition, name).header for name in layers]
        south_west, north_east = (
            [choose(header[f"{side}_{axis}_e7"] for header in headers) / 1e7 for axis in ("lon", "lat")]
            for choose, side in ((min, "min"), (max, "max"))
        )
        found.append(
            {
                "layers": layers,
                "url": f"tiles/{edition.region}/{edition.id}/{','.join(layers)}/{{z}}/{{x}}/{{y}}.mvt",
                "bounds": south_west + north_east,
                "maxzoom": min(header["max_zoom"] for header in headers),
            }
        )
    return found


def _free(text: str | None, language: Language) -> dict[str, str] | None:
    """Free text of an edition and the language it is in, which the script marks."""
    if text is None:
        return None
    return {"text": language.text(text), "lang": language.code if language.knows(text) else ENGLISH.code}


def _raster_data(
    editions: Editions, edition: Edition, name: str, title: str, unit: str, language: Language
) -> dict[str, Any]:
    about = editions.document(edition, f"pictures/{name}.json")
    return {
        "name": name,
        "title": language.titled(title),
        "unit": language.unit(unit),
        "meaning": _free(about["meaning"], language),
        "basis": _free(about["basis"], language),
        "classes": [{"colour": item["colour"], "label": language.text(item["label"])} for item in about["classes"]],
    }


def _increments(editions: Editions, edition: Edition, language: Language) -> list[dict[str, Any]]:
    found = []
    for entry in edition.manifest.rasters:
        if entry.name.endswith("_increment_ug_m3") and editions.has(edition, f"pictures/{entry.name}.json"):
            about = editions.document(edition, f"pictures/{entry.name}.json")
            pollutant = edition.manifest.pollutants.get(entry.name.removesuffix("_increment_ug_m3"))
            known = pollutant if isinstance(pollutant, dict) else {}
            note = str(known["note"]) if known.get("note") else None
            guideline = known.get("guideline")
            found.append(
                {
                    "field": entry.name,
                    "title": language.text(entry.title.partition(":")[0]),
                    "unit": entry.unit,
                    "standard": _free(about["standard"], language),
                    "guideline": guideline.get("value") if isinstance(guideline, dict) else None,
                    "note": _free(note, language),
                }
            )
    return sorted(found, key=lambda item: item["standard"] is None)
