"""Under which name the service speaks of itself: never one that the client made up."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from api.settings import Settings

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


class HostMiddleware:
    """Make every absolute link begin with the public address, or refuse names that are not allowed.

    With a public address the Host header counts for nothing: the request goes on as if it had been put to that
    address, so `Request.base_url` is right in every route. Without one the header must name an allowed host (400
    otherwise), for a forged name would come back in links that caches and readers trust.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._hosts = settings.allowed_hosts
        self._public = None if settings.public_url is None else urlsplit(settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and self._public is not None:
            prefix = self._public.path
            headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
            # Changed in place: what watches the request from outside reads the route out of the same scope.
            scope.update(
                scheme=self._public.scheme,
                headers=[(b"host", self._public.netloc.encode("ascii")), *headers],
                # The proxy in front takes the prefix away; ASGI wants it in the path.
                root_path=prefix,
                path=prefix + scope["path"],
                raw_path=prefix.encode("ascii") + scope["raw_path"],
            )
        elif scope["type"] == "http" and not self._allowed(scope):
            detail = "The Host header names no host of this service. Its operator can allow it, or set --public-url."
            await problem(Request(scope), HTTPStatus.BAD_REQUEST, detail)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        named = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        if not named:
            # HTTP/1.0: links then name the address that was connected to.
            return True
        found = _HOST.fullmatch(named[0])
        return len(named) == 1 and found is not None and found.group(1) in self._hosts
