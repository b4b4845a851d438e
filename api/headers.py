"""Headers that every response carries, and entity tags that stay true under compression."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""For our own pages and scripts; ``data:`` for icons in MapLibre's style sheet, ``blob:`` for pictures it decodes."""
DOCUMENT_POLICY = "default-src 'none'; frame-ancestors 'self'; sandbox"
"""For everything that is not a page of ours: inert if a browser opens it."""
SNAPSHOT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "sandbox allow-scripts allow-popups"
)
"""For the self-contained map of an edition: its scripts are inline, so it runs in an origin of its own."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    # No Authorization: a page of another origin reads and asks for figures, but starts nothing that needs a key.
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Range, Range, X-Request-ID",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}
"""What the answer to a browser's question says before it asks across origins (Fetch Standard, 3.2.2)."""

_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Crs, Content-Disposition, Content-Encoding, Content-Length, Content-Range, ETag, Link, "
        "Location, OGC-NumberMatched, OGC-NumberReturned, Retry-After, X-Request-ID"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class HeadersMiddleware:
    """Security headers on every response, CORS, and an ETag that becomes weak where the body was compressed.

    Every origin may read: everything here is public, and no answer depends on cookies. The headers stand on every
    response, whether an Origin was sent or not, so that caches need not tell the two apart.
    A strong tag promises identical bytes, which two content codings of one file do not have (RFC 9110, 8.8.3).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                complete(headers)
                if message["status"] == HTTPStatus.NOT_MODIFIED:
                    # As the 200 would have said (RFC 9110, 15.4.5); most of what is tagged may be compressed.
                    headers.add_vary_header("Accept-Encoding")
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def complete(headers: MutableHeaders) -> None:
    """Add what every response carries to its ``headers``."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    # A worker runs under the policy of its own script, not of the page that starts it.
    ours = headers.get("content-type", "").startswith(("text/html", "text/javascript"))
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if ours else DOCUMENT_POLICY)
    tag = headers.get("etag")
    if tag and "content-encoding" in headers and not tag.startswith("W/"):
        headers["etag"] = f"W/{tag}"
