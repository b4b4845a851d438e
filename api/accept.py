"""What a client would rather have, by its Accept header."""

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


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
