"""A publisher on this machine that misbehaves as it is told: one behaviour a path."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHANGED = "Wed, 21 Oct 2015 07:28:00 GMT"
Answer = Callable[["Request"], None]


@dataclass
class Request:
    """One request as the server got it, and how to answer it."""

    path: str
    method: str
    headers: dict[str, str]
    number: int
    """How many came for this path before this one."""
    handler: BaseHTTPRequestHandler

    def send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """Answer; Content-Length is that of the body unless given, and none where it is given empty."""
        lengths = {"Content-Length": str(len(body))} | headers
        self.handler.send_response(status)
        for name, value in lengths.items():
            if value:
                self.handler.send_header(name, value)
        self.handler.end_headers()
        if self.method != "HEAD":
            self.handler.wfile.write(body)
            self.handler.wfile.flush()


@dataclass
class BadServer:
    """The server: ``answers`` by path, ``seen`` all requests in their order."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)

    def url(self, path: str, answer: Answer) -> str:
        """Answer at ``path`` by ``answer``; the address of it."""
        self.answers[path] = answer
        return self.address + path

    def of(self, path: str, method: str = "GET") -> list[Request]:
        """The requests that came for ``path``."""
        return [request for request in self.seen if (request.path, request.method) == (path, method)]


@contextmanager
def bad_server() -> Iterator[BadServer]:
    """A server on a free port of this machine, for as long as a test needs it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        def do_HEAD(self) -> None:
            self.answer()

        def answer(self) -> None:
            self.close_connection = True
            before = len(server.of(self.path, self.command))
            request = Request(self.path, self.command, dict(self.headers), before, self)
            server.seen.append(request)
            with suppress(BrokenPipeError, ConnectionResetError):  # the other side gave up, as it should
                server.answers[self.path](request)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = BadServer(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def whole(body: bytes, etag: str = '"one"') -> Answer:
    """A publisher as it should be: ranges, conditions, validators."""

    def answer(request: Request) -> None:
        if request.headers.get("If-None-Match") == etag:
            return request.send(304, {"ETag": etag, "Content-Length": ""})
        begin = _begin(request)
        if begin >= len(body):
            return request.send(416, {"Content-Range": f"bytes */{len(body)}"})
        if begin and request.headers.get("If-Range", etag) == etag:
            part = {"ETag": etag, "Content-Range": f"bytes {begin}-{len(body) - 1}/{len(body)}"}
            return request.send(206, part, body[begin:])
        return request.send(200, {"ETag": etag, "Last-Modified": CHANGED}, body)

    return answer


def dropping(body: bytes, share: float, times: int, then: Answer | None = None) -> Answer:
    """Drops the connection after ``share`` of the body the first ``times``, then answers as it should."""
    good = then or whole(body)

    def answer(request: Request) -> None:
        if request.number >= times or request.method == "HEAD":
            return good(request)
        headers = {"ETag": '"one"', "Last-Modified": CHANGED, "Content-Length": str(len(body))}
        return request.send(200, headers, body[: int(len(body) * share)])

    return answer


def dripping(body: bytes, pause_s: float, times: int) -> Answer:
    """Sends a byte at a time the first ``times``."""
    good = whole(body)

    def answer(request: Request) -> None:
        if request.number >= times or request.method == "HEAD":
            return good(request)
        begin = _begin(request)
        request.send(200, {"ETag": '"one"', "Content-Length": str(len(body))}, body[:1])
        for at in range(begin + 1, len(body)):
            time.sleep(pause_s)
            request.handler.wfile.write(body[at : at + 1])
            request.handler.wfile.flush()
        return None

    return answer


def first(status: int, headers: dict[str, str], times: int, then: Answer) -> Answer:
    """Answers ``status`` the first ``times``."""

    def answer(request: Request) -> None:
        if request.number < times:
            return request.send(status, headers)
        return then(request)

    return answer


def always(status: int, headers: dict[str, str], body: bytes = b"") -> Answer:
    """The same answer to everything."""
    return lambda request: request.send(status, headers, body)


def _begin(request: Request) -> int:
    text = request.headers.get("Range", "bytes=0-")
    return int(text.removeprefix("bytes=").removesuffix("-"))
