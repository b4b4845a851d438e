"""One file from its publisher: streamed, resumed, tried again for a while, and never taken for more than it is."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from config.catalogue_file import RemoteFile
from data_pipelines.fetching.network import NetworkSettings, client, send
from data_pipelines.fetching.sniffing import check_download
from data_pipelines.files import sha256
from hotspots.editions.durable import disk_errors_named, make_folder, remove_tree
from hotspots.errors import ConfigError, InputError

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_PARTIAL, _STATE = "data", "state.json"
_SPARE_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Patience:
    """How long a publisher is waited for.

    ``attempts`` in all; between them ``backoff_s``, doubled each time up to ``longest_wait_s``, or what Retry-After
    asks for up to the same. A connection that brings less than ``slow_bytes`` in ``slow_window_s`` is given up and
    resumed.
    """

    attempts: int = 6
    connect_s: float = 30.0
    read_s: float = 60.0
    backoff_s: float = 2.0
    longest_wait_s: float = 300.0
    slow_window_s: float = 60.0
    slow_bytes: int = 32_768


@dataclass(frozen=True)
class Validators:
    """What a server says of the version of a file: strong ETag, Last-Modified, and its size in bytes."""

    etag: str | None = None
    last_modified: str | None = None
    size_bytes: int | None = None

    @classmethod
    def of(cls, response: httpx2.Response) -> Validators:
        """Those of a whole answer (200) or of a part (206)."""
        etag = response.headers.get("ETag")
        size = _total(response)
        return cls(etag, response.headers.get("Last-Modified"), size)

    @property
    def for_range(self) -> str | None:
        """What If-Range may name: only a strong validator promises the same bytes."""
        if self.etag is not None and not self.etag.startswith("W/"):
            return self.etag
        return None if self.etag is not None else self.last_modified

    def differs_from(self, other: Validators) -> bool:
        """Whether both say something of the version, and not the same."""
        mine, theirs = asdict(self), asdict(other)
        return any(None not in (mine[key], theirs[key]) and mine[key] != theirs[key] for key in mine)

    def conditions(self) -> dict[str, str]:
        """The headers that ask for a file only if it has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Downloaded:
    """A whole, checked file at ``path``, with its hash and what its server says of it."""

    path: Path
    sha256: str
    size_bytes: int
    validators: Validators


class NotModified:
    """The publisher still has what was downloaded last time."""


class _PassingError(Exception):
    """Something that may be over soon; ``wait_s`` where the server says when."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Downloader:
    """Downloads files.

    Parameters
    ----------
    settings:
        Which addresses may be reached.
    patience:
        How long is waited.
    wait:
        How time passes between attempts.
    """

    def __init__(
        self, settings: NetworkSettings, patience: Patience | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._patience = patience or Patience()
        self._wait = wait
        self._http = client(settings, self._patience.connect_s, self._patience.read_s)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def get(
        self, file: RemoteFile, folder: Path, known: Validators | None, arrived: Callable[[int, int | None], None]
    ) -> Downloaded | NotModified:
        """Download ``file`` into ``folder``, going on with what an earlier run left there.

        Parameters
        ----------
        known:
            Of the copy at hand, None to download anyway.
        arrived:
            Told the bytes that are there, and those that are to come in all where known.

        Raises
        ------
        InputError
            If it cannot be had, is not what it should be, or has another size or hash than published.
        """
        make_folder(folder)
        reason = ""
        for attempt in range(self._patience.attempts):
            try:
                return self._attempt(file, folder, known, arrived)
            except _PassingError as error:
                reason = str(error)
                self._pause(file, error.wait_s, attempt)
            except httpx2.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
                self._pause(file, None, attempt)
        raise InputError(
            f"cannot be downloaded, tried {self._patience.attempts} times: {reason}.",
            source=file.url,
            remedy="Try again later: what has arrived is kept. Or set HOTSPOTS_OFFLINE=1 to go on with the last copy.",
        )

    def look(self, file: RemoteFile) -> Validators | None:
        """What the server says of the file, by HEAD; None where it says nothing. Errors as `get`, but tried once."""
        try:
            response = send(self._http, self._http.build_request("HEAD", file.url, headers=_authorised(file)))
        except httpx2.TransportError as error:
            raise InputError(f"does not answer: {error}.", source=file.url, remedy="Try again later.") from error
        response.close()
        if response.status_code in {403, 405, 501} or response.status_code in _PASSING:
            return None
        _refuse(file, response)
        return Validators.of(response)

    def _pause(self, file: RemoteFile, asked_s: float | None, attempt: int) -> None:
        patience = self._patience
        if asked_s is not None and asked_s > patience.longest_wait_s:
            raise InputError(
                f"the server asks to come back in {asked_s:.0f} s.", source=file.url, remedy="Refresh again then."
            )
        if attempt + 1 < patience.attempts:
            backoff_s = min(patience.backoff_s * 2**attempt, patience.longest_wait_s)
            # Many waiters that were sent away together shall not come back together.
            self._wait(backoff_s * random.uniform(0.75, 1.25) if asked_s is None else asked_s)

    def _attempt(
        self, file: RemoteFile, folder: Path, known: Validators | None, arrived: Callable[[int, int | None], None]
    ) -> Downloaded | NotModified:
        partial, before = folder / _PARTIAL, _state(folder)
        at = partial.stat().st_size if partial.exists() and before is not None else 0
        headers = _authorised(file)
        if before is not None and before.for_range and at:
            headers |= {"Range": f"bytes={at}-", "If-Range": before.for_range}
        elif known is not None:
            headers |= known.conditions()
        response = send(self._http, self._http.build_request("GET", file.url, headers=headers))
        try:
            if response.status_code == httpx2.codes.NOT_MODIFIED and known is not None:
                remove_tree(folder)
                return NotModified()
            now = self._accepted(file, response, folder, before, at)
            begin = at if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0
            _require_room(folder, now.size_bytes, begin, file)
            self._receive(response, partial, begin, now, arrived)
        finally:
            response.close()
        self._still(file, folder, now)
        return _checked(file, folder, now)

    def _accepted(
        self, file: RemoteFile, response: httpx2.Response, folder: Path, before: Validators | None, at: int
    ) -> Validators:
        """The validators of an answer whose body may be taken; written down, so that it can be resumed."""
        status = response.status_code
        if status == httpx2.codes.RANGE_NOT_SATISFIABLE:
            _begin_anew(folder)
            raise _PassingError("the part that had arrived is longer than the file")
        if status in _PASSING:
            raise _PassingError(f"the server answers {status}", _retry_after(response))
        _refuse(file, response)
        now = Validators.of(response)
        if status == httpx2.codes.PARTIAL_CONTENT:
            goes_on = str(response.headers.get("Content-Range", "")).startswith(f"bytes {at}-")
            if before is None or not goes_on or now.differs_from(before):
                _begin_anew(folder)
                raise _PassingError("the file changed between two parts")
            return before
        (folder / _STATE).write_text(json.dumps(asdict(now)), encoding="utf-8")
        return now

    def _receive(
        self,
        response: httpx2.Response,
        partial: Path,
        begin: int,
        now: Validators,
        arrived: Callable[[int, int | None], None],
    ) -> None:
        """Write the body behind the first ``begin`` bytes, all of it or _PassingError."""
        at, mark, since = begin, begin, time.monotonic()
        with disk_errors_named("downloading", partial.parent), partial.open("r+b" if begin else "wb") as out:
            out.seek(begin)
            out.truncate()
            for chunk in response.iter_raw():
                out.write(chunk)
                at += len(chunk)
                arrived(at, now.size_bytes)
                if time.monotonic() - since > self._patience.slow_window_s:
                    if at - mark < self._patience.slow_bytes:
                        raise _PassingError("the connection has all but stopped")
                    mark, since = at, time.monotonic()
            out.flush()
            os.fsync(out.fileno())
        if now.size_bytes is not None and at != now.size_bytes:
            raise _PassingError(f"{at} of {now.size_bytes} bytes arrived")

    def _still(self, file: RemoteFile, folder: Path, now: Validators) -> None:
        """Check that the file is still the one that was begun: a server may write over it while it is sent."""
        if not now.conditions():
            return
        response = send(self._http, self._http.build_request("HEAD", file.url, headers=_authorised(file)))
        response.close()
        if response.is_success and Validators.of(response).differs_from(now):
            _begin_anew(folder)
            raise _PassingError("the file was changed while it was sent")


def _begin_anew(folder: Path) -> None:
    """Forget what has arrived."""
    remove_tree(folder)
    make_folder(folder)


def _checked(file: RemoteFile, folder: Path, now: Validators) -> Downloaded:
    """The finished download, or InputError and nothing left of it."""
    path = folder / _PARTIAL
    size, digest = path.stat().st_size, sha256(path)
    try:
        check_download(path, file)
        for what, found, published in (("size", size, file.size_bytes), ("SHA-256", digest, file.sha256)):
            if published is not None and found != published:
                raise InputError(
                    f"has the {what} {found}, but {published} was published.",
                    source=file.url,
                    remedy="Ask the publisher whether the file was replaced; correct the catalogue if so.",
                )
    except InputError as error:
        remove_tree(folder)
        raise InputError(error.message, source=file.url, remedy=error.remedy) from error
    return Downloaded(path, digest, size, now)


def _refuse(file: RemoteFile, response: httpx2.Response) -> None:
    """Raise InputError for an answer that will not be another one soon."""
    status = response.status_code
    if status in {200, 206}:
        return
    if status in {401, 403, 407}:
        remedy = f"Check the token in {file.credentials}." if file.credentials else "The publisher may want a log-in."
    elif status in {404, 410}:
        remedy = "Check the parameters: the publisher may not have this country or year, or has moved the file."
    else:
        remedy = "Open the address in a browser."
    raise InputError(f"the server answers {status} {response.reason_phrase}.", source=file.url, remedy=remedy)


def _authorised(file: RemoteFile) -> dict[str, str]:
    if file.credentials is None:
        return {}
    token = os.environ.get(file.credentials)
    if not token:
        raise ConfigError(
            "is not set, and the publisher asks for a token.",
            source=file.credentials,
            remedy=f"Set it to the token the publisher gave you; `hotspots datasets` shows whom to ask. For {file.url}",
        )
    return {"Authorization": f"Bearer {token}"}


def _require_room(folder: Path, size_bytes: int | None, begin: int, file: RemoteFile) -> None:
    free = shutil.disk_usage(folder).free
    if size_bytes is not None and size_bytes - begin + _SPARE_BYTES > free:
        raise InputError(
            f"needs {size_bytes - begin:,} bytes, and {free:,} are free in {folder}.",
            source=file.url,
            remedy="Free space on this disk; `hotspots gc` removes what is no longer used.",
        )


def _total(response: httpx2.Response) -> int | None:
    if response.status_code == httpx2.codes.PARTIAL_CONTENT:
        total = response.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = response.headers.get("Content-Length", "")
    return int(total) if total.isascii() and total.isdigit() else None


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds until the time of Retry-After, given as seconds or as a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((at.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)


def _state(folder: Path) -> Validators | None:
    """What is known of the part that an earlier attempt left; None where there is none that can be trusted."""
    try:
        return Validators(**json.loads((folder / _STATE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
