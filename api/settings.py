"""What the service is started with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hotspots.errors import ConfigError

HOME_VARIABLE = "HOTSPOTS_HOME"
PUBLIC_URL_VARIABLE = "HOTSPOTS_PUBLIC_URL"
ALLOWED_HOSTS_VARIABLE = "HOTSPOTS_ALLOWED_HOSTS"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class Settings:
    """What the application needs to know.

    ``home`` is the edition store's folder. ``public_url`` is the address that links lead to, without a slash at its
    end; without it they follow the Host header, which then must name one of ``allowed_hosts`` (lower case, no port,
    IPv6 in brackets). ``max_open_layers`` bounds open tile files and parsed layers.
    """

    home: Path
    public_url: str | None = None
    allowed_hosts: frozenset[str] = LOOPBACK_HOSTS
    max_open_layers: int = 64

    def environment(self) -> dict[str, str]:
        """The variables from which a worker process makes the same settings."""
        return {
            HOME_VARIABLE: str(self.home),
            PUBLIC_URL_VARIABLE: self.public_url or "",
            ALLOWED_HOSTS_VARIABLE: " ".join(sorted(self.allowed_hosts)),
        }


def from_environment(variables: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `Settings.environment` wrote."""
    return Settings(
        Path(variables[HOME_VARIABLE]),
        public_url=variables[PUBLIC_URL_VARIABLE] or None,
        allowed_hosts=frozenset(variables[ALLOWED_HOSTS_VARIABLE].split()),
    )


def checked_public_url(text: str) -> str:
    """``text`` as an address that links can begin with: http or https, a host, perhaps a port and a path.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username is not None or not text.isascii() or " " in text:
        raise ConfigError(
            f"{text!r} is no address of a service.",
            source="--public-url",
            remedy="Give one such as https://data.example.org/pollution.",
        )
    return text.rstrip("/")
