"""The one error hierarchy of the project.

Every error a user can meet says what is wrong, where, and what to do about it. The CLI maps the classes
to exit codes and the HTTP service to problem+json, each in one place.
"""

from __future__ import annotations

from pathlib import Path


class HotspotsError(Exception):
    """Base of all errors that are the user's to read, not bugs.

    Parameters
    ----------
    message:
        What is wrong, in one sentence.
    source:
        The file, dataset or edition it was found in.
    field:
        The key, column or band inside ``source``.
    remedy:
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        source: str | Path | None = None,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.message = message
        self.source = None if source is None else str(source)
        self.field = field
        self.remedy = remedy
        super().__init__(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling, and errors cross process borders.
        state = {"source": self.source, "field": self.field, "remedy": self.remedy}
        return (_rebuild, (type(self), self.message, state))

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.source, self.field) if part)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text} Remedy: {self.remedy}" if self.remedy else text


def _rebuild(kind: type[HotspotsError], message: str, state: dict[str, str | None]) -> HotspotsError:
    return kind(message, **state)


class ConfigError(HotspotsError):
    """A configuration file is missing, malformed or names something that does not exist."""

    exit_code = 3


class InputError(HotspotsError):
    """An input file as a whole cannot be used (truncated, wrong format, no CRS, no rows, …)."""

    exit_code = 4


class MethodError(HotspotsError):
    """A method is asked for something outside what it can compute."""

    exit_code = 5


class PolicyError(HotspotsError):
    """Publishing would break the publication policy."""

    exit_code = 6


class DisclosureError(PolicyError):
    """What would be published, with all earlier editions, tells a confidential count better than it may."""


class EditionError(HotspotsError):
    """An edition cannot be published or read."""

    exit_code = 7


class NotFoundError(EditionError):
    """The named region, edition, layer or file does not exist."""

    exit_code = 8


class WithdrawnError(EditionError):
    """The edition was withdrawn, since what it was computed from may no longer be published."""

    exit_code = 14


class CorruptEditionError(EditionError):
    """A file of an edition is missing or does not have the bytes its manifest states."""

    exit_code = 9


class BusyError(EditionError):
    """Another process holds the region's lock."""

    exit_code = 10


class QueryError(HotspotsError):
    """A question put to the service is malformed or asks for something it does not answer."""

    exit_code = 12


class ClusterError(HotspotsError):
    """A cluster to compute on cannot be used, or has lost the work."""

    exit_code = 13
