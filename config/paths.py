"""Where configuration and data are found."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from hotspots.errors import ConfigError

CONFIG_VARIABLE = "HOTSPOTS_CONFIG"
DATA_VARIABLE = "HOTSPOTS_DATA"


def built_in() -> Path:
    """The folder of the configuration that comes with the project."""
    return Path(str(resources.files("config")))


def folders() -> tuple[Path, ...]:
    """The folders with configuration, the first that has a file wins: ``HOTSPOTS_CONFIG``, then the built-in one.

    Raises
    ------
    ConfigError
        If ``HOTSPOTS_CONFIG`` is set and is not a folder.
    """
    own = os.environ.get(CONFIG_VARIABLE)
    if not own:
        return (built_in(),)
    folder = Path(own).expanduser()
    if not folder.is_dir():
        raise ConfigError(
            "is not a folder.", source=folder, field=CONFIG_VARIABLE, remedy=f"Point {CONFIG_VARIABLE} at a folder."
        )
    return (folder, built_in())


def config_file(*parts: str) -> Path:
    """The file ``parts`` of the first configuration folder that has it.

    Raises
    ------
    ConfigError
        If none has it.
    """
    tried = [folder.joinpath(*parts) for folder in folders()]
    for file in tried:
        if file.is_file():
            return file
    raise ConfigError(
        f"no such configuration file; looked for {', '.join(str(file) for file in tried)}.",
        source="/".join(parts),
        remedy=f"Correct the name, or set {CONFIG_VARIABLE} to the folder that holds it.",
    )


def data_file(path: str, config: Path, key: str) -> Path:
    """The data file ``path`` named under ``key`` of the file ``config``.

    Relative to the folder of ``config``; where no such file exists, relative to ``HOTSPOTS_DATA``.

    Raises
    ------
    ConfigError
        Naming both places where the file is not.
    """
    beside = config.parent / path
    if beside.is_file():
        return beside.resolve()
    data = os.environ.get(DATA_VARIABLE)
    if data is None:
        raise ConfigError(
            f"no such file: {beside}; {DATA_VARIABLE} is not set.",
            source=config,
            field=key,
            remedy=f"Put the file there, or set {DATA_VARIABLE}=<folder that holds {path}>.",
        )
    shared = Path(data).expanduser() / path
    if shared.is_file():
        return shared.resolve()
    raise ConfigError(
        f"no such file: neither {beside} nor {shared} (under {DATA_VARIABLE}).",
        source=config,
        field=key,
        remedy=f"Put the file in one of the two places, or set {DATA_VARIABLE}=<folder that holds {path}>.",
    )
