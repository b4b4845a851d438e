"""A first region file from a few answers: valid, commented, and checked before it stays."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import load, region_file
from config.dataset_file import checked_options
from config.region_file import ID_PATTERN
from data_pipelines.files import ROW
from data_pipelines.inventories import read_inventory
from data_pipelines.registry import find
from hotspots.errors import ConfigError, InputError

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1")
WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "facility", "facility name", "facility_name", "plant", "site", "planta", "nombre", "nom"),
    "latitude": ("latitude", "lat", "latitud", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "longitud", "x"),
    "id": ("id", "code", "facility_id", "expediente"),
    "sector": ("sector", "branch", "industry", "activity", "rama", "secteur"),
    "year": ("year", "reporting_year", "reporting year", "año", "année"),
}
"""What columns are often called; what is found by it is shown and may be changed."""
NEEDED = ("name", "latitude", "longitude")


@dataclass(frozen=True)
class Release:
    """A column of an inventory with an amount per year."""

    pollutant: str
    medium: str
    column: str
    unit: str

    @classmethod
    def of(cls, text: str) -> Release:
        """From ``pollutant,medium,column,unit``, of which the column may hold commas; ValueError otherwise."""
        pollutant, medium, rest = text.split(",", 2)
        column, unit = rest.rsplit(",", 1)
        return cls(pollutant.strip(), medium.strip(), column.strip(), unit.strip())


@dataclass(frozen=True)
class Table:
    """A table as found: its columns and, of a text file, how it is written."""

    path: Path
    header: tuple[str, ...]
    delimiter: str
    encoding: str

    def guessed(self) -> dict[str, str]:
        """Which columns are likely what."""
        lower = {name.lower(): name for name in reversed(self.header)}
        found = {field: [lower[word] for word in words if word in lower] for field, words in WORDS.items()}
        return {field: names[0] for field, names in found.items() if names}

    def texts(self, column: str) -> list[str]:
        """The different texts of a column, sorted."""
        frame = read_inventory(self.path, [column], self.encoding, self.delimiter).frame
        return sorted(set(frame[column]) - {""})


@dataclass(frozen=True)
class Inventory:
    """A ministry's own table of facilities: which column holds what, and what its sectors are called here."""

    table: Table
    columns: Mapping[str, str]
    sectors: Mapping[str, str]
    releases: tuple[Release, ...]
    year: int


@dataclass(frozen=True)
class Answers:
    """What a region file is made from.

    ``boundaries`` and ``population`` are files of one's own; where they are None the catalogue's are taken
    (geoBoundaries at ``level``, WorldPop of ``population_year``). ``id_column`` and ``name_column`` are of the file of
    boundaries, which covers the countries completely or not. ``publisher`` and ``licence`` are those of all own files.
    """

    region: str
    title: str
    countries: tuple[str, ...]
    income_group: str
    unit_label: str
    publisher: str
    licence: str
    population_year: int
    boundaries: Path | None
    level: str
    id_column: str
    name_column: str
    whole_countries: bool
    population: Path | None
    inventory: Inventory | None
    power_plants: bool


def read_layout(path: Path) -> Table:
    """How a table is written: the encoding that fits it, and the delimiter that gives most columns.

    Raises
    ------
    InputError
        If it cannot be read, or has too few columns to hold a name and a position.
    """
    found = [table for delimiter in DELIMITERS if (table := _as_written(path, delimiter)) is not None]
    if not found:
        read_inventory(path, ())  # says what is wrong
    best = max(found, key=lambda table: len(table.header))
    if len(best.header) < len(NEEDED):
        raise InputError(
            f"has no {len(NEEDED)} columns: {', '.join(best.header)}.",
            source=path,
            remedy="Save it as CSV with commas or semicolons.",
        )
    return best


def _as_written(path: Path, delimiter: str) -> Table | None:
    """The table in the first encoding that fits it; None where it cannot be read so."""
    for encoding in ENCODINGS:
        try:
            frame = read_inventory(path, (), encoding, delimiter).frame
        except InputError as error:
            if error.field != "encoding":
                return None
        else:
            return Table(path, tuple(name for name in frame.columns if name != ROW), delimiter, encoding)
    return None


def write(answers: Answers, folder: Path) -> Path:
    """Write ``regions/<id>.toml`` under ``folder`` and check it; what does not pass does not stay.

    Raises
    ------
    ConfigError
        If the region exists, an answer does not fit, or a column is missing.
    """
    if not re.fullmatch(ID_PATTERN, answers.region):
        raise ConfigError(
            "is no region id.", source=answers.region, remedy="Use lower-case letters, digits and underscores."
        )
    if answers.region in load.region_ids():
        raise ConfigError("exists already.", source=f"region {answers.region}", remedy="Choose another id, or edit it.")
    file = folder / load.REGIONS / f"{answers.region}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    _check(answers)
    with file.open("x", encoding="utf-8") as out:
        out.write("\n".join(_lines(answers, file.parent)) + "\n")
    try:
        _read(file, answers.region)
    except BaseException:
        file.unlink()
        raise
    return file


def _read(file: Path, region: str) -> None:
    _, _, datasets = region_file.read(file, region)
    for dataset in datasets.values():
        checked_options(find(dataset.adapter).spec.options, dataset)
        for name in dataset.paths:
            dataset.file(name)


def _check(answers: Answers) -> None:
    where = f"region {answers.region}"
    if len(answers.countries) > 1 and None in (answers.boundaries, answers.population):
        raise ConfigError(
            "the catalogue's boundaries and population are of one country each.",
            source=where,
            remedy="Give --boundaries and --population files that cover all countries.",
        )
    if answers.boundaries is not None and not (answers.id_column and answers.name_column):
        raise ConfigError(
            "the columns of the boundaries are not known.", source=where, remedy="Give --id-column and --name-column."
        )
    if answers.inventory is None:
        return
    inventory, sectors = answers.inventory, load.sectors()
    for field in NEEDED:
        if field not in inventory.columns:
            raise ConfigError(
                f"which column is the {field}? There are: {', '.join(inventory.table.header)}.",
                source=inventory.table.path,
                remedy=f"Give --column {field}=COLUMN.",
            )
    named = [*inventory.columns.values(), *(release.column for release in inventory.releases)]
    for column in named:
        if column not in inventory.table.header:
            raise ConfigError(
                f"there is no column {column!r}; there are: {', '.join(inventory.table.header)}.",
                source=inventory.table.path,
                remedy="Correct --column or --release.",
            )
    for text, sector in inventory.sectors.items():
        if sector not in sectors:
            raise ConfigError(
                f"{sector!r}, for {text!r}, is no sector.", source=where, remedy=f"Use one of: {', '.join(sectors)}."
            )


def _lines(answers: Answers, beside: Path) -> Iterator[str]:
    yield f"# Begun by `hotspots new-region {answers.region}`. Keys: docs/configuration.md; datasets: docs/datasets.md."
    yield f"title = {_text(answers.title)}"
    yield f"countries = [{', '.join(map(_text, answers.countries))}] # ISO 3166-1 alpha-3"
    yield f"income_group = {_text(answers.income_group)} # World Bank: low, lower_middle, upper_middle, high"
    yield f"unit_label = {_text(answers.unit_label)} # what one administrative unit is called"
    yield "transboundary_margin_km = 50.0 # sources this far outside count, too"
    yield 'notes = ["A first version: only the inventories named here are counted."] # printed on every view'
    yield ""
    yield from _boundaries(answers, beside)
    yield from _population(answers, beside)
    yield from _facilities(answers, beside)
    if answers.power_plants:
        yield from ("[datasets.power_plants]", 'from = "gppd" # releases follow from fuel and capacity', "")
    yield from _further(answers)


def _boundaries(answers: Answers, beside: Path) -> Iterator[str]:
    yield "[datasets.boundaries] # administrative units: figures are given for each"
    if answers.boundaries is None:
        yield 'from = "geoboundaries"'
        yield f"parameters = {{ country = {_text(answers.countries[0])}, level = {_text(answers.level)} }}"
    else:
        yield 'adapter = "boundaries"'
        yield from _own(answers, answers.boundaries, beside, f"Administrative units of {answers.title}", "raw")
        yield "[datasets.boundaries.options]"
        yield f"id_column = {_text(answers.id_column)}"
        yield f"name_column = {_text(answers.name_column)}"
        yield f"whole_countries = {_bool(answers.whole_countries)} # false if they are a part of the country"
    yield ""


def _population(answers: Answers, beside: Path) -> Iterator[str]:
    yield "[datasets.population] # people per cell; its grid is the grid of the analysis"
    if answers.population is None:
        yield 'from = "worldpop_population"'
        yield f"parameters = {{ country = {_text(answers.countries[0])}, year = {answers.population_year} }}"
    else:
        yield 'adapter = "population_raster"'
        yield from _own(answers, answers.population, beside, f"Population of {answers.title}", "raw")
        yield f"year = {answers.population_year}"
    yield ""


def _facilities(answers: Answers, beside: Path) -> Iterator[str]:
    inventory = answers.inventory
    if inventory is None:
        return
    yield "[datasets.facilities] # the inventory"
    yield 'adapter = "facility_table"'
    yield from _own(answers, inventory.table.path, beside, f"Inventory of facilities, {answers.title}", "derived")
    yield f"year = {inventory.year}"
    yield "[datasets.facilities.options]"
    yield f"country = {_text(answers.countries[0])}"
    yield f"encoding = {_text(inventory.table.encoding)}"
    yield f"delimiter = {_text(inventory.table.delimiter)}"
    yield "position_accuracy_m = 1000.0 # how good its coordinates are"
    yield 'quality = "C" # A measured to E guessed'
    yield "[datasets.facilities.options.columns] # what it is -> the column's name"
    yield from (f"{field} = {_text(column)}" for field, column in inventory.columns.items())
    if "sector" in inventory.columns:
        yield "[datasets.facilities.options.sectors] # the file's own text -> an id of config/sectors.toml"
        for text in inventory.table.texts(inventory.columns["sector"]):
            known = inventory.sectors.get(text)
            yield (
                f"{_text(text)} = {_text(known)}" if known else f'# {_text(text)} = "other_industry" # choose a sector'
            )
    for release in inventory.releases:
        yield "[[datasets.facilities.options.releases]]"
        yield f"pollutant = {_text(release.pollutant)} # an id of config/pollutants.toml"
        yield f"medium = {_text(release.medium)}"
        yield f"column = {_text(release.column)}"
        yield f"unit = {_text(release.unit)}"
    yield ""


def _further(answers: Answers) -> Iterator[str]:
    yield "# Winds: without them, an isotropic rose is assumed and labelled so (hotspots datasets show era5_wind)."
    yield "# [datasets.wind]"
    yield '# from = "era5_wind"'
    yield '# path = "wind.nc"'
    yield "# year = 2022"
    yield ""
    yield "# Protected areas: without them that part is not assessed (hotspots datasets show wdpa)."
    yield "# [datasets.protected_areas]"
    yield '# from = "wdpa"'
    yield '# paths = { polygons = "WDPA-polygons.shp", points = "WDPA-points.shp" }'
    yield ""
    yield "# When it refreshes by itself (docs/schedule.md)."
    yield "# [schedule]"
    yield '# cron = "30 2 1 * *" # the first of each month at 02:30'
    yield '# time_zone = "UTC"'
    yield "# keep_editions = 12"


def _own(answers: Answers, path: Path, beside: Path, title: str, redistribution: str) -> Iterator[str]:
    yield f"path = {_text(os.path.relpath(path.absolute(), beside.absolute()))} # relative to this file"
    yield f"title = {_text(title)}"
    yield f"publisher = {_text(answers.publisher)}"
    yield f"licence = {_text(answers.licence)}"
    yield f"citation = {_text(f'{answers.publisher}, {title}')}"
    yield f"redistribution = {_text(redistribution)} # raw: rows may be published; derived: only what is computed; none"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bool(value: bool) -> str:
    return "true" if value else "false"
