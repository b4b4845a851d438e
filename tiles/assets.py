"""Where the front-end files lie that set-up takes from npm."""

from __future__ import annotations

from pathlib import Path

from hotspots.errors import ConfigError

VENDOR = Path(__file__).resolve().parent.parent / "api" / "web" / "vendor"
"""One folder a library, each with its licence; never committed, filled by ``api.vendor``, carried by the wheel."""


def vendor_file(name: str) -> Path:
    """The installed front-end file ``name``, e.g. ``leaflet/leaflet.js``.

    Raises
    ------
    ConfigError
        If set-up has not put it there.
    """
    path = VENDOR / name
    if not path.is_file():
        raise ConfigError(
            "this front-end file is not installed.",
            source=path,
            remedy="Run `make setup`, or `python -m api.vendor` where npm is on the path.",
        )
    return path
