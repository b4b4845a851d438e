"""What an API key may allow."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One permission of an API key."""

    REFRESH = "refresh"
    PUBLISH = "publish"
    ROLLBACK = "rollback"
    POLICY = "policy"
    READ_RESTRICTED = "read:restricted"
