"""Run every benchmark and write its figures with the machine they were measured on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter

from benchmarks.scaling import machine, overlays
from hotspots.clustering import gi_star

RESULTS = Path(__file__).parent / "results"
SHARED = Path(__file__).parents[2] / "shared" / "data"
RUNS = 3
REFRESH = "from api.cli import main; import sys; sys.argv = ['hotspots', 'refresh', {region!r}]; main()"


def median_seconds(work: Callable[[], object]) -> float:
    """Median wall time of RUNS calls after one warm-up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[RUNS // 2]


def refresh(region: str) -> dict[str, object]:
    """Cold refresh of one region in a fresh process and an empty store, then one more of unchanged inputs.

    Wall seconds, peak memory, seconds of each stage (`pressures` holds `dispersion`, `read` holds `inputs`; what
    is in none is imports, scores and publishing), and the share of the Monte Carlo in the whole.
    """
    with tempfile.TemporaryDirectory() as home:
        seconds, peak_kib, said = refreshed(region, home)
        again_s, _, _ = refreshed(region, home)
    stages_s = {name: float(took) for name, took in re.findall(r"^(\w+): ([\d.]+) s\b", said, re.M)}
    return {
        "refresh_s": round(seconds, 1),
        "unchanged_refresh_s": round(again_s, 1),
        "peak_memory_gib": round(peak_kib / 2**20, 2),
        "stages_s": stages_s,
        "uncertainty_share": round(stages_s["uncertainty"] / seconds, 3),
    }


def refreshed(region: str, home: str) -> tuple[float, int, str]:
    """Refresh in a process of its own: wall seconds, peak memory in KiB, and what it said."""
    environment = {**os.environ, "HOTSPOTS_HOME": home, "HOTSPOTS_DATA": str(SHARED)}
    start = time.perf_counter()
    command = [sys.executable, "-c", REFRESH.format(region=region)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        # Of this process alone: getrusage knows only the largest of all that have ended.
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(said)
    return time.perf_counter() - start, used.ru_maxrss, said


def clustering() -> dict[str, float]:
    """Gi* with an 11-cell window on 4 million cells against one uniform filter of the same window."""
    values = np.random.default_rng(1).gamma(1.0, 10.0, (2000, 2000))
    ours = median_seconds(lambda: gi_star(values, 1000.0, 5000.0))
    filters = median_seconds(lambda: uniform_filter(values, 11))
    return {"gi_star_s": round(ours, 3), "uniform_filter_s": round(filters, 3), "ratio": round(ours / filters, 2)}


def main() -> None:
    """Measure and write."""
    figures: dict[str, object] = {
        "machine": machine(),
        "jamaica": refresh("jamaica"),
        "gi_star_4_million_cells": clustering(),
    }
    for region in ("vietnam", "california", "rhine"):
        figures[region] = refresh(region) if SHARED.is_dir() else "skipped: the shared data are not here"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "overlay.json").write_text(json.dumps(overlays(), indent=2) + "\n")
    (RESULTS / "refresh.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
