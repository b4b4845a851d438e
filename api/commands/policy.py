"""policy: set, show, approve, withdrawn, ledger, apply."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import columns, cut, err, out, say
from hotspots.consent import ALL_LAYERS, CELLS_DEG, Precision, Reason
from hotspots.errors import ConfigError, PolicyError
from hotspots.scopes import Scope

if TYPE_CHECKING:
    from hotspots.editions import Store
    from hotspots.editions.consents import Actor
    from hotspots.editions.policy import Recorded

KEY_VARIABLE = "HOTSPOTS_KEY"

policy = typer.Typer(no_args_is_help=True, help="What may be published: consents, their approval, withdrawals.")

Region = Annotated[str, typer.Argument(help="Region id, e.g. jamaica; `hotspots regions` lists them.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    example = "hotspots policy set jamaica facilities withheld --authority 'Ministry of mines' --reason security"
    policy.command("set", epilog=f"Example: {example} --evidence 'letter 12/2026'")(record)
    policy.command(epilog="Example: hotspots policy show jamaica")(show)
    policy.command(epilog="Example: hotspots policy approve 7")(approve)
    policy.command(epilog="Example: hotspots policy withdrawn jamaica")(withdrawn)
    policy.command(epilog="Example: hotspots policy ledger -o /safe/ledger.json")(ledger)
    policy.command(epilog="Example: hotspots policy apply /safe/ledger.json")(apply)
    app.add_typer(policy, name="policy", epilog="Example: hotspots policy show jamaica")


def record(
    region: Region,
    dataset: Annotated[str, typer.Argument(help="Dataset id of the region's file.")],
    precision: Annotated[Precision, typer.Argument(help="How much of it may be published.")],
    authority: Annotated[str, typer.Option(help="Who says so.")],
    evidence: Annotated[str, typer.Option(help="Where its word is kept, e.g. a letter's number; not published.")],
    reason: Annotated[Reason | None, typer.Option(help="Class of reason; needed unless open.")] = None,
    purpose: Annotated[str, typer.Option(help="To what end.")] = "screening of pollution hotspots",
    country: Annotated[
        str | None, typer.Option(help="ISO 3166-1 alpha-3.", show_default="the region's, if it has one")
    ] = None,
    layer: Annotated[str, typer.Option(help="A layer that repeats its rows, or all.")] = ALL_LAYERS,
    cell: Annotated[
        float | None, typer.Option(help=f"Cell in degrees, with generalised: {', '.join(map(str, CELLS_DEG))}.")
    ] = None,
    valid_from: Day = None,
    until: Day = None,
    time_zone: Annotated[
        str | None,
        typer.Option(help="Whose midnights count, e.g. America/Jamaica.", show_default="all of the country's"),
    ] = None,
    restricted_reading: Annotated[
        bool,
        typer.Option("--restricted-reading", help="Holders of read:restricted of the country may read it in full."),
    ] = False,
) -> None:
    """Record what an authority says of a dataset, in the name of the key in HOTSPOTS_KEY, else of this process's user.

    What publishes less counts at once: editions that carry more are withdrawn, and a refresh is queued. What publishes
    more waits for `hotspots policy approve` by a second person.
    """
    from config import load
    from config.consent_table import ConsentTable
    from config.reading import check, did_you_mean
    from data_pipelines.policy import marked_sensitive, require_admissible
    from hotspots.editions import Store

    config = load.region(region)
    if dataset not in config.datasets:
        raise ConfigError(
            f"there is no dataset {dataset!r}.",
            source=config.file,
            field="datasets",
            remedy=did_you_mean(dataset, list(config.datasets), "datasets"),
        )
    countries = config.region.countries
    if country is None and len(countries) > 1:
        raise ConfigError(
            "has several countries.", source=config.file, remedy=f"Give --country: {', '.join(countries)}."
        )
    said = {
        "region": region,
        "dataset": dataset,
        "country": country or countries[0],
        "authority": authority,
        "purpose": purpose,
        "precision": precision.value,
        "evidence": evidence,
        "valid_from": (valid_from or datetime.now(UTC)).date().isoformat(),
        "layer": layer,
        "cell_deg": cell,
        "reason": reason.value if reason else None,
        "valid_until": until.date().isoformat() if until else None,
        "time_zone": time_zone,
        "restricted_reading": restricted_reading,
    }
    consent = check(ConsentTable, said, Path("hotspots policy set")).consent()
    require_admissible(config, consent)
    store = Store()
    _tell(region, store.policy.record(consent, _actor(store, Scope.POLICY), marked_sensitive(config)))


def approve(
    number: Annotated[int, typer.Argument(help="The consent's number; `hotspots policy show` has it.")],
) -> None:
    """Let a consent that publishes more count, as a second person, and queue a refresh."""
    from hotspots.editions import Store

    store = Store()
    store.policy.approve(number, _actor(store, Scope.PUBLISH))
    say(f"Consent {number} counts; a refresh is queued.")


def show(region: Region) -> None:
    """Tell what may be published of each dataset now, who says so and until when, and which consents wait."""
    from config import load
    from data_pipelines.policy import marked_sensitive, rules_of
    from hotspots.editions import Store

    config, store = load.region(region), Store()
    recorded = store.policy.consents.all(region)
    sensitive = store.policy.consents.sensitive(region, marked_sensitive(config))
    said = store.policy.consents.with_seeds(region, config.policy.consents, sensitive)
    rules = rules_of(config, said, datetime.now(UTC), sensitive)
    names = ("dataset", "country", "layer", "published", "in full for", "by", "until", "access", "SDMX")
    table = columns(*names, whole=("published",))
    for dataset in sorted(config.datasets):
        for item in rules.statements(dataset, config.region.countries):
            cell = f" {item.cell_deg:g}°" if item.cell_deg else ""
            by = item.authority or item.basis
            until = str(item.valid_until or "")
            published = f"{item.precision.value}{cell}"
            codes = (item.access_right, item.conf_status)
            in_full = f"read:restricted {item.country}" if item.restricted_reading else ""
            table.add_row(dataset, item.country, item.layer, published, in_full, cut(by), until, *codes)
    out.print(table)
    newest = {found.consent.key: found.number for found in recorded}
    for found in recorded:
        if found.approved_at is None and newest[found.consent.key] == found.number:
            say(
                f"Consent {found.number} waits for a second person: {found.consent.dataset} {found.consent.country} "
                f"{found.consent.precision.value}, recorded by {found.recorded_by}."
            )


def withdrawn(region: Region) -> None:
    """List the editions that were withdrawn and the files of them that are out: whom to ask to delete what."""
    from hotspots.editions import Store

    for item in Store().policy.tombstones(region):
        say(f"{item.edition} withdrawn {item.at[:16]}: {item.dataset}, {item.reason or item.basis}")
        for file in item.files:
            say(f"  {file.sha256} {file.size_bytes} {file.path}")


def ledger(output: Annotated[Path, typer.Option("--output", "-o", help="File to write or to replace.")]) -> None:
    """Write all consents and withdrawals, and the head of the audit, to a file that outlives this store."""
    from hotspots.editions import Store
    from hotspots.editions.ledger import write_ledger

    found = Store().policy.ledger()
    write_ledger(found, output)
    say(
        f"{output}: {len(found.consents)} consents, {len(found.tombstones)} withdrawn editions; audit row "
        f"{found.head.number}, {found.head.sha256}"
    )


def apply(file: Annotated[Path, typer.Argument(help="A file that `hotspots policy ledger` wrote.")]) -> None:
    """Take over what the store does not know of a ledger, after it was restored: what it withdraws goes."""
    from hotspots.editions import Store
    from hotspots.editions.ledger import read_ledger

    gone = Store().policy.apply(read_ledger(file))
    say(f"Taken over. Withdrawn: {', '.join(gone) or 'nothing that was public'}.")


def _actor(store: Store, scope: Scope) -> Actor:
    from hotspots.editions.consents import Actor, this_process

    text = os.environ.get(KEY_VARIABLE)
    if not text:
        return this_process()
    key = store.keys.find(text)
    if key is None or scope not in key.scopes:
        raise PolicyError(
            "is not valid, or lacks the scope.",
            source=KEY_VARIABLE,
            remedy=f"Use a key with the scope {scope.value}, or unset {KEY_VARIABLE}.",
        )
    return Actor(key.name, key.owner)


def _tell(region: str, recorded: Recorded) -> None:
    if not recorded.counts:
        say(f"Consent {recorded.number} waits: `hotspots policy approve {recorded.number}` by a second person.")
        return
    say(f"Consent {recorded.number} counts.")
    if recorded.withdrawn:
        say(f"Withdrawn: {', '.join(recorded.withdrawn)}; a refresh without is queued.")
        err.print(f"`hotspots policy withdrawn {region}` lists the files that are out.", soft_wrap=True)
