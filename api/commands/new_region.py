"""new-region: a first region file from options, or from answers on a terminal."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import say
from hotspots.errors import InputError

if TYPE_CHECKING:
    from data_pipelines.new_region import Inventory, Table

INCOME_GROUPS = ("low", "lower_middle", "upper_middle", "high")
WORLDPOP_YEAR, GEOBOUNDARIES_LEVEL = 2020, "ADM1"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(
        "new-region", epilog="Example: hotspots new-region ghana --title Ghana --country GHA --inventory i.csv"
    )(new_region)


def new_region(
    region: Annotated[str, typer.Argument(help="Id of the new region: lower-case letters, digits, underscores.")],
    title: Annotated[str | None, typer.Option(help="What it is called on every view.", show_default="asked")] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="ISO 3166-1 alpha-3 code; repeat it for several.", show_default="asked")
    ] = None,
    income_group: Annotated[
        str | None, typer.Option(help=f"World Bank: {', '.join(INCOME_GROUPS)}.", show_default="asked")
    ] = None,
    unit_label: Annotated[
        str | None, typer.Option(help="What one administrative unit is called.", show_default="asked")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(help="Who publishes your own files.", show_default="asked, if there are any")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Licence of your own files.", show_default="asked, if there are any")
    ] = None,
    boundaries: Annotated[
        Path | None, typer.Option(help="File of administrative units.", show_default="geoBoundaries")
    ] = None,
    level: Annotated[str, typer.Option(help="Level of geoBoundaries.")] = GEOBOUNDARIES_LEVEL,
    id_column: Annotated[str, typer.Option(help="Column of --boundaries with the identifier.")] = "",
    name_column: Annotated[str, typer.Option(help="Column of --boundaries with the name.")] = "",
    part_of_country: Annotated[bool, typer.Option(help="The units are a part of the country only.")] = False,
    population: Annotated[
        Path | None, typer.Option(help="GeoTIFF of people per cell.", show_default="WorldPop")
    ] = None,
    population_year: Annotated[int, typer.Option(help="Year of the population.")] = WORLDPOP_YEAR,
    inventory: Annotated[
        Path | None, typer.Option(help="Your table of facilities: CSV, XLSX, GeoPackage.", show_default="none")
    ] = None,
    inventory_year: Annotated[int | None, typer.Option(help="Year of the inventory.", show_default="asked")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="WHAT=COLUMN of the inventory, e.g. latitude=Lat; repeat it.", show_default="by its names"),
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option(help="TEXT=SECTOR, e.g. Cement=mineral_products; repeat it.", show_default="left to be filled in"),
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(help='POLLUTANT,MEDIUM,COLUMN,UNIT, e.g. "so2,air,SO2 (t),t/year"; repeat it.'),
    ] = None,
    power_plants: Annotated[bool, typer.Option(help="Add the Global Power Plant Database.")] = True,
    folder: Annotated[
        Path | None, typer.Option(help="Folder of your configuration.", show_default="HOTSPOTS_CONFIG")
    ] = None,
) -> None:
    """Write a first, commented region file, and check it. On a terminal, what is not given is asked for."""
    from data_pipelines.new_region import Answers, write

    own = any(path is not None for path in (boundaries, population, inventory))
    answers = Answers(
        region=region,
        title=_given(title, "--title", "What is the region called?"),
        countries=tuple(country or _given(None, "--country", "Countries (ISO alpha-3, spaces between)?").split()),
        income_group=_given(income_group, "--income-group", f"Income group ({', '.join(INCOME_GROUPS)})?"),
        unit_label=_given(unit_label, "--unit-label", "What is one administrative unit called (district, province)?"),
        publisher=_given(publisher, "--publisher", "Who publishes your own files?") if own else "",
        licence=_given(licence, "--licence", "Under which licence (e.g. CC-BY-4.0, Internal)?") if own else "",
        population_year=population_year,
        boundaries=boundaries,
        level=level,
        id_column=id_column,
        name_column=name_column,
        whole_countries=not part_of_country,
        population=population,
        inventory=None if inventory is None else _inventory(inventory, inventory_year, column, sector, release),
        power_plants=power_plants,
    )
    target = _folder(folder)
    file = write(answers, target)
    say(f"Wrote {file}. Read it through; then:")
    say(f"  export HOTSPOTS_CONFIG={target.absolute()}")
    say(f"  hotspots refresh {region} --dry-run")
    if inventory is not None:
        say(f"  hotspots check {inventory} --region {region} --dataset facilities   # after the first download")
    say(f"  hotspots refresh {region}")


def _inventory(
    path: Path, year: int | None, columns: list[str] | None, sectors: list[str] | None, releases: list[str] | None
) -> Inventory:
    from data_pipelines.new_region import NEEDED, Inventory, Release, read_layout

    table = read_layout(path)
    mapped = table.guessed() | _pairs(columns, "--column")
    for field in NEEDED:
        if field not in mapped and _somebody_there():
            mapped[field] = _asked_column(field, table)
    say(f"{path}: {', '.join(f'{field} = {name!r}' for field, name in mapped.items())}")
    known = _pairs(sectors, "--sector")
    try:
        told = tuple(Release.of(text) for text in releases or ())
    except ValueError as error:
        raise typer.BadParameter("give POLLUTANT,MEDIUM,COLUMN,UNIT", param_hint="--release") from error
    asked = year if year is not None else int(_given(None, "--inventory-year", "Which year is the inventory of?"))
    return Inventory(table, mapped, known, told, asked)


def _asked_column(field: str, table: Table) -> str:
    say(f"Columns: {', '.join(table.header)}")
    return str(typer.prompt(f"Which column is the {field}?"))


def _pairs(texts: Iterable[str] | None, option: str) -> dict[str, str]:
    found = {}
    for text in texts or ():
        name, equals, value = text.rpartition("=") if option == "--sector" else text.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"{text!r} is not of the form A=B", param_hint=option)
        found[name] = value
    return found


def _given(value: str | None, option: str, question: str) -> str:
    """``value``, or what a person answers; without one an error that names the option."""
    if value:
        return value
    if not _somebody_there():
        raise typer.BadParameter("is needed where nobody can be asked", param_hint=option)
    return str(typer.prompt(question))


def _somebody_there() -> bool:
    return sys.stdin.isatty()


def _folder(folder: Path | None) -> Path:
    named = folder or (Path(os.environ["HOTSPOTS_CONFIG"]) if os.environ.get("HOTSPOTS_CONFIG") else None)
    if named is None:
        raise InputError(
            "where shall the file be written?", source="HOTSPOTS_CONFIG", remedy="Set it, or give --folder."
        )
    return named.expanduser()
