"""The stage runner on stages whose every call is counted."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_pipelines.stages import Stage, StageRunner, plain


class Calls:
    """Stages that note their name when they run."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def stage(self, name: str, result: Any, **rest: Any) -> Stage[Any]:
        def function(*before: Any) -> Any:
            self.ran.append(name)
            return result(*before) if callable(result) else result

        return Stage(name, rest.pop("version", 1), function, **rest)


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, stage: str, total: int) -> None:
        self.lines.append(f"start {stage} {total}")

    def advance(self, stage: str) -> None:
        self.lines.append(f"advance {stage}")

    def finish(self, stage: str, note: str) -> None:
        self.lines.append(f"finish {stage} {note}")


@dataclass(frozen=True)
class Settings:
    radius_m: float
    bands: tuple[int, ...] = (1, 2)


@dataclass(frozen=True)
class OtherSettings:
    radius_m: float
    bands: tuple[int, ...] = (1, 2)


def chain(calls: Calls, *, radius_m: float = 5.0, version: int = 1, files: tuple[Path, ...] = ()) -> Stage[Any]:
    read = calls.stage("read", 2, files=files)
    square = calls.stage("square", lambda x: x * x, after=(read,), parameters=Settings(radius_m), version=version)
    return calls.stage("sum", lambda x, y: x + y, after=(read, square))


def test_each_stage_runs_once_and_then_never(tmp_path: Path) -> None:
    first, heard = Calls(), Heard()
    assert StageRunner(tmp_path, heard).run(chain(first)) == 6
    assert first.ran == ["read", "square", "sum"]
    assert heard.lines == [
        line for name in first.ran for line in (f"start {name} 1", f"advance {name}", f"finish {name} computed")
    ]
    second, heard = Calls(), Heard()
    assert StageRunner(tmp_path, heard).run(chain(second)) == 6
    assert second.ran == []
    assert heard.lines == ["start sum 1", "finish sum cached"]


def test_a_changed_parameter_or_version_runs_that_stage_and_those_after_it(tmp_path: Path) -> None:
    StageRunner(tmp_path).run(chain(Calls()))
    for change in ({"radius_m": 6.0}, {"version": 2}):
        calls = Calls()
        StageRunner(tmp_path).run(chain(calls, **change))
        assert calls.ran == ["square", "sum"]


def test_a_file_is_known_by_its_bytes_and_not_by_its_place(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    here.write_text("a")
    there.write_text("a")
    StageRunner(cache).run(chain(Calls(), files=(here,)))
    moved, changed = Calls(), Calls()
    StageRunner(cache).run(chain(moved, files=(there,)))
    assert moved.ran == []
    there.write_text("b")
    StageRunner(cache).run(chain(changed, files=(there,)))
    assert changed.ran == ["read", "square", "sum"]


def test_another_library_version_runs_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    StageRunner(tmp_path).run(chain(Calls()))
    calls = Calls()
    monkeypatch.setattr("data_pipelines.stages.version", lambda name: f"{name} 99")
    StageRunner(tmp_path).run(chain(calls))
    assert calls.ran == ["read", "square", "sum"]


def test_the_name_is_part_of_the_key(tmp_path: Path) -> None:
    runner = StageRunner(tmp_path)
    assert [runner.run(Calls().stage(name, name)) for name in ("read", "fetch")] == ["read", "fetch"]


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    values = np.arange(1e6).reshape(1000, 1000)
    StageRunner(tmp_path).run(Calls().stage("array", values))
    again = StageRunner(tmp_path).run(Calls().stage("array", None))
    np.testing.assert_array_equal(again, values)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_result_is_computed_again_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    runner = StageRunner(tmp_path)
    runner.run(Calls().stage("read", "value"))
    (entry,) = tmp_path.iterdir()
    data = entry.read_bytes()
    damaged = {"truncated": data[:-3], "flipped": data[:-3] + b"xyz", "empty": b""}[damage]
    entry.write_bytes(damaged)
    calls = Calls()
    with caplog.at_level(logging.WARNING):
        assert StageRunner(tmp_path).run(calls.stage("read", "value")) == "value"
    assert calls.ran == ["read"]
    assert caplog.messages == ["read: its cached result is damaged; it is computed again."]
    assert entry.read_bytes() == data


class Vanishing:
    """A result whose class a later version no longer has."""


def test_a_result_of_a_class_that_is_gone_is_computed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    StageRunner(tmp_path).run(Calls().stage("read", Vanishing()))
    monkeypatch.delattr(sys.modules[__name__], "Vanishing")
    assert StageRunner(tmp_path).run(Calls().stage("read", "value")) == "value"
    assert "read: its cached result cannot be read" in caplog.text


class Peeking:
    """A result that looks at the cache while it is being written to it."""

    def __init__(self, cache: Path) -> None:
        self.cache, self.seen = cache, []

    def __reduce__(self) -> tuple[Any, ...]:
        self.seen += [path.name for path in self.cache.iterdir()]
        return (int, ())


def test_half_a_result_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    fsync, replace = os.fsync, Path.replace

    def heard_fsync(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    def checked_replace(source: Path, target: Path) -> Path:
        assert source in synced
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", heard_fsync)
    monkeypatch.setattr(Path, "replace", checked_replace)
    result, runner = Peeking(tmp_path), StageRunner(tmp_path)
    stage = Calls().stage("read", result)
    runner.run(stage)
    assert len(result.seen) == 1
    assert result.seen[0].startswith(".")
    assert [path.name for path in tmp_path.iterdir()] == [runner.key(stage)]


def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    first = Calls()
    read = first.stage("read", 2)
    with pytest.raises(KeyboardInterrupt):
        StageRunner(tmp_path).run(first.stage("sum", interrupted, after=(read,)))
    second = Calls()
    assert StageRunner(tmp_path).run(second.stage("sum", lambda x: x + 1, after=(second.stage("read", 2),))) == 3
    assert second.ran == ["sum"]


def test_a_killed_run_resumes(tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from data_pipelines.stages import Stage, StageRunner
read = Stage("read", 1, lambda: 2)
def kill(x):
    os.kill(os.getpid(), signal.SIGKILL)
StageRunner(Path({str(tmp_path)!r})).run(Stage("sum", 1, kill, after=(read,)))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    calls = Calls()
    StageRunner(tmp_path).run(calls.stage("sum", lambda x: x + 1, after=(calls.stage("read", 2),)))
    assert calls.ran == ["sum"]


def test_a_result_that_cannot_be_kept_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises((AttributeError, TypeError)):
        StageRunner(tmp_path).run(Calls().stage("read", lambda: lambda: None))
    assert list(tmp_path.iterdir()) == []


def test_the_least_recently_used_result_goes_first(tmp_path: Path) -> None:
    runner = StageRunner(tmp_path, max_bytes=2500)
    stages = [Calls().stage(name, bytes(1000)) for name in ("a", "b", "c")]
    runner.run(stages[0])
    runner.run(stages[1])
    for age, stage in enumerate(stages[:2]):
        os.utime(tmp_path / runner.key(stage), (1000 + age, 1000 + age))
    # Using a makes b the one used least recently.
    StageRunner(tmp_path).run(Calls().stage("a", None))
    runner.run(stages[2])
    assert {path.name for path in tmp_path.iterdir()} == {runner.key(stages[0]), runner.key(stages[2])}


def test_a_result_larger_than_the_cache_is_still_kept(tmp_path: Path) -> None:
    StageRunner(tmp_path, max_bytes=10).run(Calls().stage("big", bytes(1000)))
    calls = Calls()
    StageRunner(tmp_path, max_bytes=10).run(calls.stage("big", None))
    assert calls.ran == []


def test_a_file_that_a_killed_run_left_is_removed_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / ".old", tmp_path / ".new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    StageRunner(tmp_path).run(Calls().stage("read", 1))
    assert not old.exists()
    assert new.exists()


def test_parameters_keep_their_types_apart() -> None:
    values: list[Any] = [
        None,
        1,
        "1",
        True,
        1.5,
        [1],
        {"a": 1},
        Settings(1.0),
        Settings(2.0),
        OtherSettings(1.0),
        Path("/x/a.csv"),
    ]
    spelled = [repr(plain(value)) for value in values]
    assert len(set(spelled)) == len(values)
    assert plain(Path("/elsewhere/a.csv")) == plain(Path("/x/a.csv"))


def test_a_parameter_without_a_spelling_is_refused() -> None:
    with pytest.raises(TypeError, match="ndarray cannot be part of a stage's key"):
        plain({"values": np.zeros(2)})
