"""Entity tags for answers that are made in one piece, so that clients that hold them need not load them again."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caching import etag_of, not_modified

OK = 200


class TagMiddleware:
    """Tag every answer (GET or HEAD, 200) whose route gave no tag and which may be kept: a strong tag of its bytes.

    Where the client holds that tag the answer becomes 304. Streams pass unchanged: they are tagged by what made them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; hold its answer's head back until its body is there."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def send_tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                head, start = start, None
                if _is_untagged(head) and not message.get("more_body", False):
                    tag = etag_of(message.get("body", b""))
                    headers = MutableHeaders(scope=head)
                    held = not_modified(Request(scope), tag, dict(headers))
                    if held is not None:
                        await held(scope, receive, send)
                        return
                    headers["ETag"] = tag
                await send(head)
            await send(message)

        await self.app(scope, receive, send_tagged)


def _is_untagged(head: Message) -> bool:
    headers = Headers(raw=head["headers"])
    kept = "no-store" not in headers.get("cache-control", "")
    return head["status"] == OK and "etag" not in headers and kept
