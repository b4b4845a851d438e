"""Telling people how a job ended: by webhook, by e-mail, or not at all. A notice that fails never fails the job."""

from __future__ import annotations

import json
import os
import smtplib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from hotspots.errors import ConfigError

WEBHOOK = "HOTSPOTS_NOTIFY_WEBHOOK"
EMAIL = "HOTSPOTS_NOTIFY_EMAIL"
SENDER = "HOTSPOTS_NOTIFY_FROM"
SMTP = "HOTSPOTS_SMTP_URL"
EVENTS = "HOTSPOTS_NOTIFY_ON"
KNOWN_EVENTS = ("failed", "stale", "finished")
DEFAULT_EVENTS = "failed stale"
DEFAULT_SMTP = "smtp://localhost"
SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT_S = 20
PAUSES_S = (1.0, 5.0)
"""Before the second and the third attempt; there is no fourth."""


@dataclass(frozen=True)
class Notice:
    """How a job ended. ``events`` are those of KNOWN_EVENTS that it was; ``edition`` is the region's current one."""

    events: tuple[str, ...]
    job: str
    kind: str
    region: str
    outcome: str
    edition: str | None
    stale_since: str | None
    duration_s: float | None


@dataclass(frozen=True)
class Channels:
    """Where notices go, and of which events."""

    events: frozenset[str]
    webhook: str | None = None
    recipients: tuple[str, ...] = ()
    sender: str = "hotspots@localhost"
    smtp: str = DEFAULT_SMTP


def channels(variables: Mapping[str, str] = os.environ) -> Channels:
    """The channels that the environment names; none where it names none.

    Raises
    ------
    ConfigError
        If a variable cannot be understood.
    """
    events = frozenset(variables.get(EVENTS, DEFAULT_EVENTS).replace(",", " ").split())
    if unknown := sorted(events.difference(KNOWN_EVENTS)):
        raise ConfigError(f"unknown event {unknown[0]!r}.", field=EVENTS, remedy=f"Use {', '.join(KNOWN_EVENTS)}.")
    webhook = variables.get(WEBHOOK) or None
    if webhook is not None and urlsplit(webhook).scheme not in {"http", "https"}:
        raise ConfigError("is no web address.", field=WEBHOOK, remedy="Give one that begins with https://.")
    smtp = variables.get(SMTP) or DEFAULT_SMTP
    if urlsplit(smtp).scheme not in SMTP_PORTS or not urlsplit(smtp).hostname:
        raise ConfigError(
            "is no mail server.", field=SMTP, remedy="Give smtps://user:password@host, smtp+starttls://… or smtp://…."
        )
    recipients = tuple(variables.get(EMAIL, "").replace(",", " ").split())
    return Channels(events, webhook, recipients, variables.get(SENDER) or "hotspots@localhost", smtp)


def send(to: Channels, notice: Notice, pauses_s: tuple[float, ...] = PAUSES_S) -> tuple[str, ...]:
    """Send ``notice`` to all channels that want it; what went wrong, in words without addresses or passwords."""
    if to.events.isdisjoint(notice.events):
        return ()
    problems: list[str] = []
    for name, wanted, deliver in (("webhook", to.webhook, _post), ("e-mail", to.recipients, _mail)):
        for attempt, pause_s in enumerate((*pauses_s, None)) if wanted else ():
            try:
                deliver(to, notice)
            except (OSError, HTTPException, smtplib.SMTPException) as error:
                if pause_s is None:
                    problems.append(f"{name} failed {attempt + 1} times: {_why(error)}")
                else:
                    time.sleep(pause_s)
            else:
                break
    return tuple(problems)


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its body."""

    def redirect_request(self, *_: object) -> None:
        """Take the redirect for an error."""


def _post(to: Channels, notice: Notice) -> None:
    assert to.webhook is not None
    body = json.dumps(asdict(notice)).encode()
    request = Request(to.webhook, body, {"Content-Type": "application/json", "User-Agent": "pollution-hotspots"})
    with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S) as answer:
        answer.read(1)


def _mail(to: Channels, notice: Notice) -> None:
    message = EmailMessage()
    message["Subject"] = f"Pollution hotspots: {notice.kind} of {notice.region} {' and '.join(notice.events)}"
    message["From"] = to.sender
    message["To"] = ", ".join(to.recipients)
    message.set_content("\n".join(f"{name}: {value}" for name, value in asdict(notice).items() if value is not None))
    to_server = urlsplit(to.smtp)
    connect = smtplib.SMTP_SSL if to_server.scheme == "smtps" else smtplib.SMTP
    host, port = to_server.hostname or "", to_server.port or SMTP_PORTS[to_server.scheme]
    with connect(host, port, timeout=TIMEOUT_S) as server:
        if to_server.scheme == "smtp+starttls":
            server.starttls()
        if to_server.username:
            server.login(unquote(to_server.username), unquote(to_server.password or ""))
        server.send_message(message)


def _why(error: Exception) -> str:
    if isinstance(error, URLError) and not isinstance(error.reason, str):
        error = error.reason if isinstance(error.reason, Exception) else error
    return f"{type(error).__name__}{f' {code}' if (code := getattr(error, 'code', None)) else ''}"
