"""The adapters, found by name: every module of data_pipelines.sources, and the entry points of other packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points

from data_pipelines import sources
from data_pipelines.contract import Adapter, ReadFunction, SourceSpec
from hotspots.errors import ConfigError

ENTRY_POINTS = "hotspots.sources"

_registered: dict[str, Adapter] = {}


def adapter(spec: SourceSpec) -> Callable[[ReadFunction], ReadFunction]:
    """Register the decorated ``read`` function under ``spec.name``."""

    def register(read: ReadFunction) -> ReadFunction:
        known = _registered.get(spec.name)
        if known is not None and known.read.__module__ != read.__module__:
            raise ConfigError(
                f"two adapters are called {spec.name}: in {known.read.__module__} and {read.__module__}.",
                remedy="Rename one of them.",
            )
        _registered[spec.name] = Adapter(spec, read)
        return read

    return register


def adapters() -> dict[str, Adapter]:
    """All adapters by name."""
    _discover()
    return dict(sorted(_registered.items()))


def find(name: str) -> Adapter:
    """The adapter called ``name``.

    Raises
    ------
    ConfigError
        If there is none; the message lists those there are.
    """
    known = adapters()
    if name not in known:
        raise ConfigError(f"no adapter is called {name!r}.", remedy=f"Use one of: {', '.join(known)}.")
    return known[name]


@cache
def _discover() -> None:
    """Import every module that registers adapters. On first use, so that importing this module does nothing."""
    for module in pkgutil.iter_modules(sources.__path__):
        importlib.import_module(f"{sources.__name__}.{module.name}")
    for point in entry_points(group=ENTRY_POINTS):
        point.load()
