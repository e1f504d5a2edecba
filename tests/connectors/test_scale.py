"""What `make scale` judges by: it finds what is wrong, so that it means something when it finds nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tools.scale", reason="only in the repository")

from openai_org_usage.tables.optional_imports import require
from tools.scale.event_log import EventLog
from tools.scale.java import problem_with_java
from tools.scale.leaks import search_for_keys
from tools.scale.tables import difference

SECRET = "0123456789abcdef0123456789abcdef"
KEY = f"sk-admin-acme-{SECRET}"


@pytest.mark.parametrize("shift", range(3))
def test_a_key_is_found_in_any_form(tmp_path: Path, shift: int) -> None:
    """As it is, in another coding, and within base64, wherever it begins there."""
    (tmp_path / "log").write_text(f"Authorization: Bearer {KEY}", encoding="utf-8")
    (tmp_path / "wide").write_bytes(SECRET.encode("utf-16-le"))
    (tmp_path / "pickle").write_bytes(base64.b64encode(b"x" * shift + KEY.encode() + b"yy"))
    (tmp_path / "other").write_text(KEY[:20], encoding="utf-8")
    found = search_for_keys([KEY], tmp_path)
    assert found.found == ["log", "pickle", "wide"]
    assert found.files == 4


def test_a_difference_counts_rows() -> None:
    """One that is missing, one that is doubled, one that differs in a digit."""
    pa = require("pyarrow")
    expected = pa.table({"id": ["a", "b", "c"], "n": [1, 2, 3], "pulled_at": [0, 0, 0]})
    assert difference(pa.table({"n": [3, 1, 2], "id": ["c", "a", "b"]}), expected).is_none
    unlike = difference(pa.table({"id": ["a", "a", "c"], "n": [1, 1, 4]}), expected)
    assert (unlike.missing, unlike.extra) == (2, 2)
    assert not difference(expected.drop_columns(["pulled_at"]).slice(0, 0), expected.slice(0, 0)).is_none
    with pytest.raises(ValueError, match="other columns"):
        difference(pa.table({"id": ["a"]}), expected)


def test_the_event_log_tells_who_read_when(tmp_path: Path) -> None:
    """Tasks that read; those of other stages do not count, nor do those that only took turns."""
    assert _log(tmp_path / "turns", ("0", 0, 5), ("1", 5, 9)).at_once == 1
    log = _log(tmp_path / "both", ("0", 0, 5), ("1", 4, 9))
    assert log.at_once == 2
    assert log.died("1") == 0
    assert log.lost == {"1": "killed"}


def _log(folder: Path, *tasks: tuple[str, int, int]) -> EventLog:
    folder.mkdir()
    read = {"Stage ID": 1, "RDD Info": [{"Scope": "BatchScan openai_org_usage"}]}
    events: list[dict[str, Any]] = [
        {"Event": "SparkListenerStageSubmitted", "Stage Info": read},
        {"Event": "SparkListenerStageSubmitted", "Stage Info": {"Stage ID": 2, "RDD Info": []}},
        *(_ended(1, *task) for task in tasks),
        *(_ended(2, executor, 0, 99) for executor in ("0", "1")),
        {"Event": "SparkListenerExecutorRemoved", "Executor ID": "1", "Removed Reason": "killed"},
    ]
    (folder / "events_1").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    return EventLog.of(folder)


def _ended(stage: int, executor: str, began: int, ended: int) -> dict[str, Any]:
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Task Info": {"Executor ID": executor, "Launch Time": began, "Finish Time": ended},
        "Task End Reason": {"Reason": "Success"},
    }


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ('openjdk version "17.0.15" 2025-04-15', None),
        ('openjdk version "21" 2023-09-19', None),
        ('java version "1.8.0_402"', "is of version 1"),
        ("not Java", "does not say which version"),
    ],
)
def test_java_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, problem: str | None
) -> None:
    """In JAVA_HOME; what is missing is named, and how to get it."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    said = problem_with_java()
    assert said is None if problem is None else said is not None and problem in said


def test_no_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is set up."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "make scale needs Java 17 or newer" in (problem_with_java() or "")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "cannot be run" in (problem_with_java() or "")
