"""What is known of every request: its id, a line in the log, and counts for Prometheus."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ID_HEADER = "X-Request-ID"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
UNKNOWN = "other"
"""Label of what no route answers: raw paths would make as many series as there are guesses."""
_log = logging.getLogger("hotspots.access")


class Metrics:
    """The counts of one application in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("hotspots_http_requests", "Requests answered.", labels, registry=self.registry)
        self.sent = Counter("hotspots_http_sent_bytes", "Bytes of bodies sent.", ("route",), registry=self.registry)
        self.duration = Histogram(
            "hotspots_http_request_duration_seconds",
            "From the request's head to the last byte of its answer.",
            ("route",),
            registry=self.registry,
        )
        self.running = Gauge("hotspots_http_requests_running", "Requests under way.", registry=self.registry)


class ObserveMiddleware:
    """Give every request an id, and tell the log and the metrics what became of it.

    A client's id is taken where it is 8 to 64 letters, digits, dots, hyphens or underscores, so that it follows the
    request through several services; nothing else of a client's making reaches a header or a label.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope).get(ID_HEADER, "")
        identifier = asked if _SANE_ID.fullmatch(asked) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = identifier
        # What is sent when the application fails is sent from outside: 500.
        status, sent, began = int(HTTPStatus.INTERNAL_SERVER_ERROR), 0, time.perf_counter()

        async def send_noted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = identifier
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            with self._metrics.running.track_inprogress():
                await self.app(scope, receive, send_noted)
        finally:
            self._note(scope, status, sent, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, sent: int, duration_s: float) -> None:
        route = scope.get("route")
        template = route.path if isinstance(route, APIRoute) else UNKNOWN
        method = scope["method"] if scope["method"] in _METHODS else UNKNOWN
        self._metrics.requests.labels(method, template, str(status)).inc()
        self._metrics.sent.labels(template).inc(sent)
        self._metrics.duration.labels(template).observe(duration_s)
        about = {
            "request_id": scope["state"]["request_id"],
            "method": method,
            "path": scope["path"],
            "route": template,
            "status": status,
            "sent_bytes": sent,
            "duration_s": round(duration_s, 4),
        }
        _log.info("%s %r %d", method, scope["path"], status, extra={"about": about})


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what is known of the request."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True)


def log_to_stderr() -> None:
    """Send the service's log to the standard error: lines for people on a terminal, JSON elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(plain if sys.stderr.isatty() else JsonLines())
    logger = logging.getLogger("hotspots")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
