"""Serve one edition by this service and by its peers, ask the same of each, compare.

    python -m benchmarks.serve [--seconds 8] [--only NAME ...] [--home FOLDER]

Writes ``benchmarks/results/serve.json`` and ``serve.md`` (two tables, ready to paste) and prints the latter. Peers that
cannot be run here are told with the reason. Needs wrk. HOME is kept and used again where it is named.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.scaling import machine
from benchmarks.serve import servers
from benchmarks.serve.cases import Case, cases
from benchmarks.serve.edition import published
from benchmarks.serve.load import fetched, measured
from benchmarks.serve.report import report
from benchmarks.serve.servers import NotRunError, Server
from hotspots.editions import Edition, Store
from tests import miniature

RESULTS = Path(__file__).parents[1] / "results"
SECONDS = 8


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of each measurement")
    parser.add_argument("--only", nargs="*", default=[], help="names of lines, e.g. vector_tiles; all unless given")
    parser.add_argument("--home", type=Path, help="keep the edition in this folder, or use the one in it")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian: wrk)")
    # Ended from outside, everything is stopped as after an interrupt.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as at_end:
        scratch = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="hotspots-serve-")))
        # Its workers read as a user without rights.
        scratch.chmod(0o755)
        edition = _edition(asked.home or scratch / "home", scratch)
        about = {"machine": machine(), "peers": servers.versions(), "seconds": asked.seconds}
        lines = [case for case in cases(edition) if not asked.only or case.name in asked.only]
        running, missing = _started(at_end, edition, scratch, {case.peer for case in lines})
        ours = at_end.enter_context(servers.service(edition))
        measurements = [_compared(case, ours, running, missing, asked.seconds) for case in lines]
    figures = {**about, "lines": measurements}
    told = report(measurements)
    print(told)
    if not asked.only:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "serve.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (RESULTS / "serve.md").write_text(told, encoding="utf-8")


def _edition(home: Path, scratch: Path) -> Edition:
    if (home / "editions").is_dir():
        return Store(home).current(miniature.REGION.id)
    print("making the edition", file=sys.stderr, flush=True)
    return published(home, scratch)


def _started(
    at_end: ExitStack, edition: Edition, scratch: Path, wanted: set[str]
) -> tuple[dict[str, Server], dict[str, str]]:
    """The peers that run until the end, and why the others do not."""
    starts = {
        "tipg": lambda: servers.tipg(edition),
        "titiler": servers.titiler,
        "nginx": lambda: servers.nginx(edition.folder, scratch),
    }
    running, missing = {}, {}
    for name in sorted(wanted):
        print(f"starting {name}", file=sys.stderr, flush=True)
        try:
            running[name] = at_end.enter_context(starts[name]())
        except NotRunError as error:
            missing[name] = str(error)
    return running, missing


def _compared(
    case: Case, ours: Server, running: Mapping[str, Server], missing: Mapping[str, str], seconds: int
) -> dict[str, Any]:
    """The figures of one line; without a peer the reason in place of its figures."""
    print(case.title, file=sys.stderr, flush=True)
    told: dict[str, Any] = {"name": case.name, "title": case.title, "target": case.target, "peer": case.peer}
    told["ours"] = measured(ours.address, case.ours, ours.pids, seconds, case.connections)
    peer = running.get(case.peer)
    if peer is None:
        return {**told, "not_run": missing[case.peer]}
    _check_same(case, ours, peer)
    told["theirs"] = measured(peer.address, case.theirs, peer.pids, seconds, case.connections)
    told["ratio"] = round(told["ours"]["requests_per_s"] / told["theirs"]["requests_per_s"], 1)
    told["cpu_ratio"] = round(told["theirs"]["cpu_ms_per_request"] / told["ours"]["cpu_ms_per_request"], 1)
    print(f"  {told['ours']}\n  {case.peer}: {told['theirs']}", file=sys.stderr, flush=True)
    return told


def _check_same(case: Case, ours: Server, peer: Server) -> None:
    """Stop where the two do not find the same features."""
    if case.counts is None:
        return
    for mine, other in list(zip(case.ours, case.theirs, strict=True))[:5]:
        found = [json.loads(fetched(server.address, asked)) for server, asked in ((ours, mine), (peer, other))]
        counts = [(answer[case.counts], len(answer["features"])) for answer in found]
        if counts[0] != counts[1]:
            raise SystemExit(f"{mine.path}: {counts[0]} features here, {counts[1]} from {case.peer}")


if __name__ == "__main__":
    main()
