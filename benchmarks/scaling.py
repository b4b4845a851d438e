"""The overlay at three sizes, with one kernel class and five, and with four times the sources: ratios, growth, peak."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

RUNS = {
    "1/16": ("--scale", "1/16"),
    "1/16, five classes": ("--scale", "1/16", "--classes", "5"),
    "1/16, four times the sources": ("--scale", "1/16", "--sources", "4"),
    "1/4": ("--scale", "1/4"),
    "1": ("--scale", "1", "--repeats", "1"),
    "1, five classes": ("--scale", "1", "--classes", "5", "--repeats", "1"),
}
GROWTH = {
    "4 times the cells, from 1/16": ("1/16", "1/4"),
    "4 times the cells, from 1/4": ("1/4", "1"),
    "4 times the sources": ("1/16", "1/16, four times the sources"),
}


def machine() -> dict[str, object]:
    """What the figures were measured on, and of which commit."""
    model = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "cpus": os.cpu_count(),
        "processor": model[0] if model else platform.processor(),
        "load_before": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.system(),
        "commit": commit(),
    }


def commit() -> str:
    """The commit that is checked out, with ``-dirty`` where files differ from it; empty outside a checkout."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def overlays() -> dict[str, Any]:
    """Every run in a process of its own, and the ratios between them."""
    runs: dict[str, dict[str, Any]] = {}
    for name, options in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "figures.json"
            command = [sys.executable, "-m", "benchmarks.overlay", *options, "--json", str(file)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            runs[name] = json.loads(file.read_text(encoding="utf-8"))
        print(f"{name}: {runs[name]['ratio_to_io']} × input/output, peak {runs[name]['peak_mib']} MiB", flush=True)
    growth = {name: _growth(runs[small], runs[large]) for name, (small, large) in GROWTH.items()}
    for name, figures in growth.items():
        told = f"{figures['time']} × the time, {figures['processor_time']} × the processor time"
        print(f"{name}: {told}, {figures['peak']} × the peak", flush=True)
    return {"machine": machine(), "growth": growth, "runs": runs}


def _growth(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    return {
        "time": round(large["seconds"] / small["seconds"], 2),
        "processor_time": round(large["cpu_seconds"] / small["cpu_seconds"], 2),
        "peak": round(large["peak_mib"] / small["peak_mib"], 2),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
