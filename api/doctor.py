"""What `hotspots doctor` looks at."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from api.availability import availability
from config import load
from hotspots.editions import Store
from hotspots.editions.layout import CATALOGUE_VARIABLE, default_catalogue
from hotspots.errors import ConfigError, EditionError
from tiles.assets import VENDOR

NEEDED_GIB = 3
NETWORK_FILE_SYSTEMS = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.davfs"),
    *("ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "lustre", "beegfs", "gpfs"),
    *("fuse.s3fs", "fuse.gcsfuse", "fuse.goofys", "fuse.rclone", "fuse.blobfuse2"),
}

State = Literal["ok", "not available", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``text`` says the remedy where there is a problem; what is not available harms nothing."""

    subject: str
    state: State
    text: str


def examine(home: Path) -> list[Finding]:
    """Look at everything that the service in ``home`` needs; nothing but an empty store is made."""
    return [_python(), *_wheels(), *_store(home), _memory(), _assets(), *_regions()]


def _finding(subject: str, ok: bool, text: str) -> Finding:
    return Finding(subject, "ok" if ok else "problem", text)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return _finding("Python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)")


def _wheels() -> list[Finding]:
    """An exported PROJ_DATA or GDAL_DATA makes the libraries inside the wheels read another installation's tables."""
    found = []
    for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        value = os.environ.get(name)
        text = f"set to {value}, which breaks the installed wheels; run `unset {name}`" if value else "not set"
        found.append(_finding(f"environment {name}", value is None, text))
    return found


def _store(home: Path) -> list[Finding]:
    try:
        regions = Store(home).regions()
    except (ConfigError, EditionError) as error:
        return [Finding("HOTSPOTS_HOME", "problem", str(error))]
    published = sum(region.current is not None for region in regions)
    return [
        _finding("HOTSPOTS_HOME", True, f"{home} ({published} {'region' if published == 1 else 'regions'} published)"),
        _space(home),
        _file_system(home),
    ]


def _space(home: Path) -> Finding:
    free = shutil.disk_usage(home).free / 2**30
    text = f"{free:.0f} GiB free; a country needs {NEEDED_GIB} GiB"
    return _finding("disk", free >= NEEDED_GIB, text if free >= NEEDED_GIB else f"{text}: free some, or move the store")


def _file_system(home: Path) -> Finding:
    folder = home.resolve()
    mounts = [part for part in psutil.disk_partitions(all=True) if folder.is_relative_to(part.mountpoint)]
    kind = max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown"
    if kind in NETWORK_FILE_SYSTEMS and default_catalogue() is None:
        text = (
            f"{kind} is a network disk, where SQLite's locks are not safe; set HOTSPOTS_HOME to a local disk, or keep "
            f"the catalogue in PostgreSQL ({CATALOGUE_VARIABLE})"
        )
        return Finding("file system", "problem", text)
    return Finding("file system", "ok", kind)


def _memory() -> Finding:
    available = psutil.virtual_memory().available / 2**30
    text = f"{available:.1f} GiB available; a country at 1 km needs {NEEDED_GIB} GiB"
    enough = available >= NEEDED_GIB
    return _finding("memory", enough, text if enough else f"{text}: close other programs, or use a larger machine")


def _assets() -> Finding:
    ok = VENDOR.is_dir()
    return _finding("map assets", ok, str(VENDOR) if ok else f"{VENDOR} is missing; run `make setup`")


def _regions() -> list[Finding]:
    try:
        regions = load.region_ids()
    except ConfigError as error:
        return [Finding("regions", "problem", str(error))]
    states: dict[str, State] = {"ready": "ok", "no_data": "not available", "broken": "problem"}
    found = []
    for region in map(availability, regions):
        found.append(
            Finding(
                f"region {region.region}", states[region.state], region.reason or f"{region.datasets} datasets found"
            )
        )
    return found
