"""Reading TOML into checked models, and every fault in it into a ConfigError that names file, key and remedy."""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hotspots.errors import ConfigError

Keys = tuple[str | int, ...]


class Settings(BaseModel):
    """Base of every model of a configuration file: frozen, no unknown keys, no coercion, finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(file: Path) -> dict[str, Any]:
    """The table of a TOML file.

    Raises
    ------
    ConfigError
        If the file is missing, is not UTF-8, or is not TOML (the message names line and column).
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot be read ({error.strerror}).", source=file, remedy="Check that the file exists and can be read."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"is not UTF-8 text (byte {error.start}).", source=file, remedy="Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}.", source=file, remedy="Correct the named line.") from error


def read_model(model: type[Model], file: Path) -> Model:
    """A TOML file as ``model``; see `check` and `read_toml` for the errors."""
    return check(model, read_toml(file), file)


def check(model: type[Model], table: Mapping[str, Any], file: Path, prefix: Keys = ()) -> Model:
    """``table`` as ``model``.

    Parameters
    ----------
    prefix:
        The keys that lead to ``table`` inside ``file``.

    Raises
    ------
    ConfigError
        Naming ``file``, the dotted key and what to do, for the first fault; the others are counted.
    """
    # Through JSON, where a list may become a tuple although types are strict.
    text = json.dumps(dict(table), default=str, ensure_ascii=False)
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise _config_error(model, error, file, prefix) from error


def dotted(keys: Keys) -> str:
    """Keys as a person writes them: ``datasets.census.options.people_column``, ``backgrounds[0].year``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def did_you_mean(word: str, known: list[str], what: str) -> str:
    """A remedy that names the nearest of ``known``, or all of them."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known {what}: {', '.join(sorted(known))}." if known else f"There is no {what} here."


def _config_error(model: type[BaseModel], error: ValidationError, file: Path, prefix: Keys) -> ConfigError:
    # A misspelt key is an unknown and a missing one; the unknown one is what its author can see.
    faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    first = faults[0]
    keys = tuple(key for key in first["loc"] if key != "[key]")
    message, remedy = _explain(model, keys, first)
    more = f" ({len(faults) - 1} more faults in this file)" if len(faults) > 1 else ""
    return ConfigError(message + more + ".", source=file, field=dotted(prefix + keys) or None, remedy=remedy)


def _explain(model: type[BaseModel], keys: Keys, fault: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, keys[:-1])
        return "unknown key", did_you_mean(str(keys[-1]), known, "keys")
    if fault["type"] == "missing":
        return "the key is missing", f"Add {keys[-1]!r}; docs/configuration.md describes it."
    text = fault["msg"].removeprefix("Value error, ").rstrip(".")
    given = json.dumps(fault["input"], ensure_ascii=False, default=str)
    shown = given if len(given) <= 60 else given[:57] + "..."
    return (
        f"{text[:1].lower()}{text[1:]}, but is {shown}",
        "Correct the value; docs/configuration.md describes the key.",
    )


def _keys_at(model: type[BaseModel], keys: Keys) -> list[str]:
    """The keys that the table reached by ``keys`` may have."""
    here: Any = model
    for key in keys:
        here = _inside(here, key)
    found = _model_of(here)
    return sorted(field.alias or name for name, field in found.model_fields.items()) if found else []


def _inside(annotation: Any, key: str | int) -> Any:
    """The annotation of what stands under ``key`` in a value of ``annotation``."""
    model = _model_of(annotation)
    if model is not None and isinstance(key, str):
        field = model.model_fields.get(key)
        return field.annotation if field else None
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        return next((found for part in arguments if (found := _inside(part, key)) is not None), None)
    if origin in {dict, Mapping}:
        return arguments[1]
    return arguments[0] if arguments else None


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as ``M`` or ``M | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {Union, types.UnionType}:
        return next((found for part in get_args(annotation) if (found := _model_of(part))), None)
    return None
