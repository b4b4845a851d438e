"""API keys: random, shown once, kept as a hash, with scopes and an end.

A key is 256 bits from the operating system, so nobody can search for it, and one SHA-256 hides it as well as a slow
password hash would: those only make up for secrets that people choose. The cheap hash leaves nothing to exhaust.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, insert, select, update

from hotspots.editions.audit import now, write_audit
from hotspots.editions.database import Database
from hotspots.editions.tables import KEYS
from hotspots.errors import EditionError, NotFoundError
from hotspots.scopes import Scope

MARK = "hsk"
"""What every key begins with, so that scanners of leaked secrets can know one."""
SECRET_BYTES = 32
_COUNTRY = re.compile(r"[A-Z]{3}")
USE_NOTED_EVERY = timedelta(minutes=1)
"""The last use is no finer than this, so that a busy key does not write at every request."""


@dataclass(frozen=True)
class Key:
    """What is known of a key; the key itself is not. Times are ISO 8601 in UTC."""

    prefix: str
    owner: str
    scopes: frozenset[Scope]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    countries: frozenset[str] = frozenset()
    """Of `Scope.READ_RESTRICTED`: the countries whose restricted data it opens, ISO 3166-1 alpha-3."""

    @property
    def name(self) -> str:
        """How the audit and the jobs call its bearer."""
        return f"key {self.prefix} ({self.owner})"

    def state(self, at: datetime) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if at < datetime.fromisoformat(self.expires_at) else "expired"


class Keys:
    """The keys of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, owner: str, scopes: frozenset[Scope], expires: datetime, countries: frozenset[str] = frozenset()
    ) -> tuple[Key, str]:
        """A new key, and its text, which nothing can show again.

        Raises
        ------
        EditionError
            If it names no owner or scope, ``expires`` is past, or ``countries`` do not go with the scopes.
        """
        if not owner.strip() or not owner.isprintable() or not scopes:
            raise EditionError("names no owner or no scope.", source="API key", remedy="Give --owner and --scope.")
        if expires <= datetime.now(UTC):
            raise EditionError("would have expired already.", source="API key", remedy="Give a later --expires.")
        _check_countries(scopes, countries)
        prefix = secrets.token_hex(4)
        text = f"{MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
        key = Key(prefix, owner, scopes, now(), expires.astimezone(UTC).isoformat(), None, None, countries)
        with self._database.writing() as connection:
            connection.execute(
                insert(KEYS).values(
                    prefix=prefix,
                    sha256=_digest(text),
                    owner=owner,
                    scopes=_joined(scopes),
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                    countries=_joined(countries),
                )
            )
            allowed = " ".join([*sorted(scopes), *sorted(countries)])
            write_audit(connection, "create_key", None, None, f"{key.name}: {allowed} until {key.expires_at}")
        return key, text

    def all(self) -> tuple[Key, ...]:
        """All keys, oldest first, with those that are no longer valid."""
        with self._database.reading() as connection:
            rows = connection.execute(select(KEYS).order_by(KEYS.c.created_at, KEYS.c.prefix)).all()
        return tuple(_key(row) for row in rows)

    def revoke(self, prefix: str) -> Key:
        """The key of this prefix, which is of no use from now on.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        with self._database.writing() as connection:
            row = connection.execute(select(KEYS).where(KEYS.c.prefix == prefix)).first()
            if row is None:
                raise NotFoundError(
                    f"there is no key {prefix!r}.", remedy="`hotspots keys list` shows the prefixes of all keys."
                )
            if row.revoked_at is None:
                connection.execute(update(KEYS).where(KEYS.c.prefix == prefix).values(revoked_at=now()))
                write_audit(connection, "revoke_key", None, None, _key(row).name)
        return next(key for key in self.all() if key.prefix == prefix)

    def identify(self, text: str) -> Key | None:
        """The key whose text this is, valid or not.

        The hashes are compared in constant time, also where no key has the prefix.
        """
        mark, _, rest = text.partition("_")
        prefix = rest.partition("_")[0]
        with self._database.reading() as connection:
            row = connection.execute(select(KEYS).where(KEYS.c.prefix == prefix)).first()
        same = hmac.compare_digest(_digest(text), row.sha256 if row is not None else _digest(""))
        return _key(row) if row is not None and same and mark == MARK else None

    def find(self, text: str) -> Key | None:
        """The key whose text this is, if it is valid now; its use is noted."""
        key, at = self.identify(text), datetime.now(UTC)
        if key is None or key.state(at) != "active":
            return None
        self._note_use(key, at)
        return key

    def _note_use(self, key: Key, at: datetime) -> None:
        if key.last_used_at is None or at - datetime.fromisoformat(key.last_used_at) >= USE_NOTED_EVERY:
            with self._database.writing() as connection:
                connection.execute(update(KEYS).where(KEYS.c.prefix == key.prefix).values(last_used_at=now()))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check_countries(scopes: frozenset[Scope], countries: frozenset[str]) -> None:
    wrong = sorted(name for name in countries if not _COUNTRY.fullmatch(name))
    if wrong:
        raise EditionError(
            f"{wrong[0]!r} is no country.", source="API key", field="country", remedy="Use ISO 3166-1 alpha-3: JAM."
        )
    if (Scope.READ_RESTRICTED in scopes) != bool(countries):
        raise EditionError(
            f"the scope {Scope.READ_RESTRICTED} and countries go together.",
            source="API key",
            field="country",
            remedy="Name the countries whose restricted data the key opens, and only with that scope.",
        )


def _joined(names: frozenset[Scope] | frozenset[str]) -> str:
    return " ".join(sorted(names))


def _key(row: Row[Any]) -> Key:
    return Key(
        prefix=row.prefix,
        owner=row.owner,
        scopes=frozenset(Scope(name) for name in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        countries=frozenset(row.countries.split()),
    )
