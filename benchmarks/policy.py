"""What the publication policy costs of a refresh: Jamaica, its facilities generalised and kept for restricted reading.

    python -m benchmarks.policy

Processor time of this process and its threads, so that a busy machine changes little. Writes
`benchmarks/results/policy.json`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

from config.paths import built_in
from data_pipelines import policy, refresh
from hotspots.editions import Store
from hotspots.editions.consents import Consents
from hotspots.editions.policy import StorePolicy
from hotspots.editions.restricted import Restricted
from hotspots.progress import Silent

RESULT = Path(__file__).parent / "results" / "policy.json"
REGION = "jamaica"
CONSENT = """
[[consents]]
region = "jamaica"
dataset = "facilities"
country = "JAM"
authority = "A benchmark"
purpose = "measuring"
precision = "generalised"
cell_deg = 0.1
reason = "security"
valid_from = 2020-01-01
evidence = "none"
restricted_reading = true
"""
STEPS: tuple[tuple[object, str], ...] = (
    (policy, "permitted"),
    (import_module("hotspots.policy.publishable"), "require_permitted"),
    (refresh, "_permit"),
    (refresh, "restricted_files"),
    (Consents, "seed"),
    (StorePolicy, "enforce"),
    (StorePolicy, "check"),
    (Restricted, "keep"),
)
"""Everything that a refresh does for consents; none calls another but for what `_permit` and `keep` ask of them."""


def measured() -> dict[str, float]:
    """Seconds of processor time of a refresh, and of the steps of the policy in it."""
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return function(*given, **named)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - start

        return call

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config" / "policy").mkdir(parents=True)
        default = (built_in() / "policy" / "default.toml").read_text(encoding="utf-8")
        (Path(folder) / "config" / "policy" / "default.toml").write_text(default + CONSENT, encoding="utf-8")
        os.environ["HOTSPOTS_CONFIG"] = str(Path(folder) / "config")
        patches = [patch.object(owner, name, timed(name, getattr(owner, name))) for owner, name in STEPS]
        for item in patches:
            item.start()
        start = time.process_time()
        refresh.refresh(REGION, Store(Path(folder) / "home"), Silent())
        whole = time.process_time() - start
    return {**{name: round(seconds, 3) for name, seconds in spent.items()}, "refresh": round(whole, 2)}


def main() -> None:
    """Measure, write and tell."""
    found = measured()
    steps = sum(seconds for name, seconds in found.items() if name != "refresh")
    told = {"region": REGION, "cpu_s": found, "policy_share": round(steps / found["refresh"], 4)}
    RESULT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
