"""What a client takes and would rather have, by its Accept and Accept-Encoding headers."""

from __future__ import annotations


def prefers_html(accept: str) -> bool:
    """Whether an Accept header names HTML with a higher quality than JSON, the first of equals winning."""
    best = {"text/html": 0.0, "application/json": 0.0}
    order: list[str] = []
    for item in accept.split(","):
        media_type, _, parameters = item.strip().partition(";")
        if media_type in best:
            best[media_type] = max(best[media_type], _quality(parameters))
            order.append(media_type)
    if best["text/html"] != best["application/json"]:
        return best["text/html"] > best["application/json"]
    return best["text/html"] > 0 and order[0] == "text/html"


def takes(accept_encoding: str, coding: str) -> bool:
    """Whether an Accept-Encoding header names ``coding`` with a quality above 0 (RFC 9110, 12.5.3)."""
    for item in accept_encoding.lower().split(","):
        name, _, parameters = item.partition(";")
        if name.strip() in {coding, "*"}:
            return _quality(parameters.replace(" ", "")) > 0
    return False


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
