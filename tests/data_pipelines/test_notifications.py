"""Notices by webhook and e-mail, to servers of this machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from data_pipelines.notifications import Notice, channels, send
from hotspots.errors import ConfigError

NOTICE = Notice(("failed", "stale"), "0a1b", "refresh", "jamaica", "no such file", "2026-03-01-0123456789ab", "t", 3.0)


@contextmanager
def webhook(*answers: int) -> Iterator[tuple[str, list[Any]]]:
    """A web server that gives one answer after the other, and what it was sent."""
    left, bodies = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = left.pop(0)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """A mail server that takes one message, and the lines it was sent."""
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rw", newline="\r\n", encoding="utf-8") as talk:

                def say(text: str) -> None:
                    talk.write(f"{text}\n")
                    talk.flush()

                say("220 test")
                body = False
                for line in talk:
                    lines.append(line.rstrip("\r\n"))
                    if body:
                        if lines[-1] == ".":
                            body = False
                            say("250 taken")
                    elif lines[-1] == "data":
                        body = True
                        say("354 go on")
                    elif lines[-1].lower().startswith("quit"):
                        say("221 bye")
                        return
                    else:
                        say("250 well")

        thread = threading.Thread(target=take)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}", lines
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_a_webhook_gets_the_notice_as_json() -> None:
    with webhook(204) as (url, bodies):
        assert send(channels({"HOTSPOTS_NOTIFY_WEBHOOK": url}), NOTICE) == ()
    (body,) = bodies
    assert body["events"] == ["failed", "stale"]
    assert (body["region"], body["outcome"], body["edition"]) == ("jamaica", "no such file", NOTICE.edition)


def test_a_webhook_that_fails_is_tried_three_times_and_then_told_without_its_address() -> None:
    with webhook(500, 503, 200) as (url, bodies):
        assert send(channels({"HOTSPOTS_NOTIFY_WEBHOOK": url}), NOTICE, (0, 0)) == ()
    assert len(bodies) == 3
    with webhook(500, 500, 302) as (url, bodies):
        (problem,) = send(channels({"HOTSPOTS_NOTIFY_WEBHOOK": url}), NOTICE, (0, 0))
    assert problem == "webhook failed 3 times: HTTPError 302"
    (problem,) = send(channels({"HOTSPOTS_NOTIFY_WEBHOOK": url}), NOTICE, (0, 0))
    assert problem == "webhook failed 3 times: ConnectionRefusedError"


def test_an_e_mail_says_what_happened() -> None:
    with mail_server() as (url, lines):
        to = channels({"HOTSPOTS_NOTIFY_EMAIL": "a@example.org, b@example.org", "HOTSPOTS_SMTP_URL": url})
        assert send(to, NOTICE, ()) == ()
    text = "\n".join(lines)
    assert "rcpt TO:<a@example.org>" in text
    assert "rcpt TO:<b@example.org>" in text
    assert "Subject: Pollution hotspots: refresh of jamaica failed and stale" in text
    assert "outcome: no such file" in text


def test_only_the_events_that_are_wanted_are_told() -> None:
    finished = Notice(("finished",), "0a1b", "refresh", "jamaica", "edition X", "X", None, 3.0)
    with webhook(204) as (url, bodies):
        assert send(channels({"HOTSPOTS_NOTIFY_WEBHOOK": url}), finished) == ()
        assert bodies == []
        wanted = {"HOTSPOTS_NOTIFY_WEBHOOK": url, "HOTSPOTS_NOTIFY_ON": "finished"}
        assert send(channels(wanted), NOTICE) == ()
        assert bodies == []
        assert send(channels(wanted), finished) == ()
    assert [body["outcome"] for body in bodies] == ["edition X"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOTSPOTS_NOTIFY_WEBHOOK", "file:///etc/passwd"),
        ("HOTSPOTS_SMTP_URL", "http://mail"),
        ("HOTSPOTS_SMTP_URL", "smtp://"),
        ("HOTSPOTS_NOTIFY_ON", "failed sometimes"),
    ],
)
def test_a_faulty_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        channels({name: value})
