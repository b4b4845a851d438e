"""The figures as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SHORT = "| what | this service, requests/s | peer | requests/s | ratio |\n|---|---|---|---|---|\n"
FULL = (
    "| what | requests/s | p50, p99 ms | CPU ms a request | peer | requests/s | p50, p99 ms | CPU ms a request |"
    " ratio | CPU ratio | target |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def report(lines: Sequence[dict[str, Any]]) -> str:
    """A short table and one with everything, ready to paste."""
    return SHORT + "".join(map(_short, lines)) + "\n" + FULL + "".join(map(_full, lines))


def _short(line: dict[str, Any]) -> str:
    ours = _number(line["ours"]["requests_per_s"])
    if "not_run" in line:
        return f"| {line['title']} | {ours} | {line['peer']} | not run: {line['not_run']} | |\n"
    theirs = _number(line["theirs"]["requests_per_s"])
    return f"| {line['title']} | {ours} | {line['peer']} | {theirs} | {line['ratio']} |\n"


def _full(line: dict[str, Any]) -> str:
    cells = [line["title"], *_cells(line["ours"]), line["peer"]]
    if "not_run" in line:
        cells += [f"not run: {line['not_run']}", "", "", "", ""]
    else:
        cells += [*_cells(line["theirs"]), str(line["ratio"]), str(line["cpu_ratio"])]
    return f"| {' | '.join([*cells, line['target']])} |\n"


def _cells(figures: dict[str, float]) -> list[str]:
    latency = f"{figures['p50_ms']:.3g}, {figures['p99_ms']:.3g}"
    return [_number(figures["requests_per_s"]), latency, f"{figures['cpu_ms_per_request']:.3g}"]


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
