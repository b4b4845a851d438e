from __future__ import annotations

from hypothesis import settings

# The first example of a property may compile; and a test run must say the same twice.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
