"""What `hotspots doctor` looks at."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from config import load
from hotspots.errors import ConfigError
from tiles.assets import VENDOR

NEEDED_GIB = 3
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "glusterfs", "ceph", "lustre"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``text`` says the remedy where it is not ok."""

    subject: str
    ok: bool
    text: str


def examine(home: Path) -> list[Finding]:
    """Everything that can be checked without changing anything."""
    return [
        _python(),
        *_wheels(),
        _writable(home),
        _space(home),
        _file_system(home),
        _memory(),
        _assets(),
        *_regions(),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)")


def _wheels() -> list[Finding]:
    """An exported PROJ_DATA or GDAL_DATA makes the libraries inside the wheels read another installation's tables."""
    found = []
    for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        value = os.environ.get(name)
        text = f"set to {value}, which breaks the installed wheels; unset it" if value else "not set"
        found.append(Finding(f"environment {name}", value is None, text))
    return found


def _writable(home: Path) -> Finding:
    ok = os.access(home, os.W_OK)
    return Finding("HOTSPOTS_HOME", ok, f"{home}" if ok else f"{home} cannot be written; set HOTSPOTS_HOME elsewhere")


def _space(home: Path) -> Finding:
    free = shutil.disk_usage(home).free / 2**30
    return Finding("disk", free >= NEEDED_GIB, f"{free:.0f} GiB free ({NEEDED_GIB} GiB are needed for a country)")


def _file_system(home: Path) -> Finding:
    mounts = [part for part in psutil.disk_partitions(all=True) if home.is_relative_to(part.mountpoint)]
    kind = max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown"
    if kind in NETWORK_FILE_SYSTEMS:
        return Finding(
            "file system", False, f"{kind} is a network disk: SQLite locks are not safe there; use a local disk"
        )
    return Finding("file system", True, kind)


def _memory() -> Finding:
    available = psutil.virtual_memory().available / 2**30
    text = f"{available:.1f} GiB available ({NEEDED_GIB} GiB are needed for a country at 1 km)"
    return Finding("memory", available >= NEEDED_GIB, text)


def _assets() -> Finding:
    ok = VENDOR.is_dir()
    return Finding("map assets", ok, str(VENDOR) if ok else f"{VENDOR} is missing; run `make setup`")


def _regions() -> list[Finding]:
    findings = []
    for region_id in load.region_ids():
        try:
            config = load.region(region_id)
            for dataset in config.datasets.values():
                dataset.files()
        except ConfigError as error:
            findings.append(Finding(f"region {region_id}", False, str(error)))
        else:
            findings.append(Finding(f"region {region_id}", True, f"{len(config.datasets)} datasets found"))
    return findings
