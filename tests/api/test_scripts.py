"""The page's own modules: they parse, import what is there, and build no markup from text."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.routes.web import WEB
from api.snapshot import inline

MODULES = sorted((WEB / "js").glob("*.js"))
IMPORT = re.compile(r'^import (?:\{ ([^}]+) \}|\* as \w+) from "([^"]+)";$', re.MULTILINE)
LAZY = re.compile(r'import\("([^"]+)"\)')
EXPORT = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
MARKUP = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|setHTML)\b|new Function|https?://"
)
NODE = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed: the scripts' syntax is NOT checked")
def test_every_module_parses():
    for module in MODULES:
        assert NODE is not None
        text = module.read_text(encoding="utf-8")
        command = [NODE, "--input-type=module", "--check"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{module.name}: {done.stderr}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_imports_are_there_and_used(module):
    text = module.read_text(encoding="utf-8")
    for names, path in IMPORT.findall(text):
        target = (module.parent / path).resolve()
        for name in filter(None, (part.strip() for part in names.split(","))):
            assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is not used"
            if target.parent == module.parent:
                assert name in EXPORT.findall(target.read_text(encoding="utf-8")), f"{path} has no {name}"
    assert all((module.parent / path).is_file() for path in LAZY.findall(text) if "vendor" not in path)


def test_every_module_is_reached_from_the_pages():
    templates = "".join(path.read_text(encoding="utf-8") for path in (WEB / "templates").glob("*.html"))
    reached = {WEB / "js" / name for name in (*re.findall(r"web/js/([\w]+\.js)", templates), *inline.MODULES)}
    found: set[Path] = set()
    while reached:
        module = reached.pop()
        found.add(module)
        text = module.read_text(encoding="utf-8")
        paths = [path for _, path in IMPORT.findall(text)] + LAZY.findall(text)
        reached |= {(module.parent / path).resolve() for path in paths if "vendor" not in path} - found
    assert found == set(MODULES)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_text_never_becomes_markup_and_no_address_is_foreign(module):
    text = re.sub(r"//.*|/\^https.*", "", module.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", ""))
    assert MARKUP.findall(text) == []
