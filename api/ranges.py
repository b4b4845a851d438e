"""Whole bodies and ranges of them, sent as they are read: memory does not grow with their size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from api.problems import problem

CHUNK = 512 * 1024
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


def asked_range(request: Request, etag: str, size_bytes: int) -> tuple[int, int] | None:
    """The range that ``request`` asks for, first byte and the one after the last; None for the whole.

    Several ranges, malformed ones and those of another version (If-Range) mean the whole (RFC 9110, 13.1.5 and 14.2).
    The range is empty where nothing of it is there.
    """
    found = _ONE_RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or found.groups() == ("", "") or request.headers.get("if-range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        return max(size_bytes - int(last), 0), size_bytes
    if last and int(last) < int(first):
        return None
    return min(int(first), size_bytes), min(int(last) + 1, size_bytes) if last else size_bytes


def ranged(
    request: Request,
    headers: dict[str, str],
    size_bytes: int,
    read: Callable[[int, int], Iterator[bytes]],
    media_type: str,
) -> Response:
    """The whole body or the range asked for, streamed from ``read``; for HEAD only its headers."""
    headers = {**headers, "Accept-Ranges": "bytes"}
    part = asked_range(request, headers["ETag"], size_bytes)
    first, end = (0, size_bytes) if part is None else part
    if part is not None and first >= end:
        detail = f"The range begins behind the last of {size_bytes} bytes."
        held = {"Content-Range": f"bytes */{size_bytes}"}
        return problem(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail, held)
    headers["Content-Length"] = str(end - first)
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{size_bytes}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    return StreamingResponse(read(first, end), status, headers, media_type)


def read_file(path: Path, first: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from ``first`` up to but not including ``end``, in chunks of at most CHUNK."""
    with path.open("rb") as file:
        file.seek(first)
        while first < end:
            chunk = file.read(min(CHUNK, end - first))
            if not chunk:
                # The length has been promised: the connection must break, not end as if this were all.
                raise OSError(f"{path} is shorter than it was")
            first += len(chunk)
            yield chunk
