"""keys: create, list, revoke."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.console import columns, cut, err, out, say
from hotspots.scopes import Scope

VALID_DAYS = 365

keys = typer.Typer(no_args_is_help=True, help="API keys: for calls that change something or read what is restricted.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    refreshing = "hotspots keys create --owner 'air unit' --scope refresh --expires 2027-06-30"
    reading = "hotspots keys create --owner 'mines unit' --scope read:restricted --country JAM"
    keys.command(epilog=f"Examples: {refreshing}; {reading}")(create)
    keys.command("list", epilog="Example: hotspots keys list")(show)
    keys.command(epilog="Example: hotspots keys revoke 0a1b2c3d")(revoke)
    app.add_typer(keys, name="keys", epilog="Example: hotspots keys list")


def create(
    owner: Annotated[str, typer.Option(help="Who uses the key: a person or an office.")],
    scope: Annotated[list[Scope], typer.Option(help="What it allows; repeat it for several.")],
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Its first day of no use (UTC).", show_default=f"in {VALID_DAYS} days"),
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(help="With read:restricted: of which country (ISO 3166-1 alpha-3); repeat it for several."),
    ] = None,
) -> None:
    """Make a key and print it: this once, since only its hash is kept."""
    from hotspots.editions import Store

    until = expires.replace(tzinfo=UTC) if expires else datetime.now(UTC) + timedelta(days=VALID_DAYS)
    key, text = Store().keys.create(owner, frozenset(scope), until, frozenset(country or ()))
    say(text)
    err.print(f"This is shown once. Prefix {key.prefix}, valid until {key.expires_at}.", soft_wrap=True)


def show() -> None:
    """List all keys: prefix, owner, scopes, when they end and were last used."""
    from hotspots.editions import Store

    at = datetime.now(UTC)
    table = columns("prefix", "owner", "scopes", "expires", "last used", "state", whole=("prefix", "state"))
    for key in Store().keys.all():
        used = (key.last_used_at or "never")[:16]
        allows = " ".join([*sorted(key.scopes), *sorted(key.countries)])
        table.add_row(key.prefix, cut(key.owner), allows, key.expires_at[:10], used, key.state(at))
    out.print(table)


def revoke(prefix: Annotated[str, typer.Argument(help="The key's prefix; `hotspots keys list` shows it.")]) -> None:
    """Make a key useless, at once and for good."""
    from hotspots.editions import Store

    key = Store().keys.revoke(prefix)
    say(f"Revoked {key.name}.")
