"""Composite method files: how a table of indicators becomes one score."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pydantic import Field

from config.paths import config_file
from config.reading import Settings, read_model
from config.region_file import Text
from hotspots.composite import Combination, Component, CompositeMethod, IndicatorGroup, Zeros
from hotspots.errors import ConfigError


class GroupTable(Settings):
    """``[[components.groups]]``."""

    title: Text
    weight: float = Field(gt=0)
    indicators: tuple[Text, ...] = Field(min_length=1)


class ComponentTable(Settings):
    """``[[components]]``."""

    column: Text
    groups: tuple[GroupTable, ...] = Field(min_length=1)


class CompositeTable(Settings):
    """A composite method file. The method's id is the name of the file."""

    title: Text
    citation: Text
    zeros: Zeros
    scale: float = Field(gt=0)
    combination: Combination
    percentile_suffix: str = Field(min_length=1)
    score_suffix: str = Field(min_length=1)
    score_column: Text
    percentile_column: Text
    components: tuple[ComponentTable, ...] = Field(min_length=1)


def load_method(name: str) -> CompositeMethod:
    """The composite method of a file, or of ``methods/<name>.toml``.

    Parameters
    ----------
    name:
        A path that ends in ``.toml``, or the name of a method in the configuration folders.

    Raises
    ------
    ConfigError
        If there is no such file, or for any fault in it.
    """
    file = Path(name).expanduser() if name.endswith(".toml") else config_file("methods", f"{name}.toml")
    table = read_model(CompositeTable, file)
    components = tuple(
        Component(component.column, tuple(IndicatorGroup(**group.model_dump()) for group in component.groups))
        for component in table.components
    )
    method = CompositeMethod(id=file.stem, **table.model_dump(exclude={"components"}), components=components)
    _check_columns(method, file)
    return method


def _check_columns(method: CompositeMethod, file: Path) -> None:
    """No column may stand for two things: an indicator, a component, a score."""
    written = [method.score_column, method.percentile_column]
    for component in method.components:
        column = component.column
        written += [column, f"{column}{method.score_suffix}", f"{column}{method.percentile_suffix}"]
    written += [f"{name}{method.percentile_suffix}" for name in method.indicators]
    column, times = Counter([*method.indicators, *written]).most_common(1)[0]
    if times > 1:
        raise ConfigError(
            f"the column {column!r} stands for {times} things.",
            source=file,
            field="components",
            remedy="Name every indicator, component and score once, and choose suffixes that keep them apart.",
        )
