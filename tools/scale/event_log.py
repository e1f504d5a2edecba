"""What Spark's own event log says of the tasks that read: which executors, when, and how they ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs

_READING = "openai_org_usage"


@attrs.frozen
class ReadingTask:
    """One attempt at one partition; times in milliseconds."""

    stage: int
    executor: str
    began: int
    ended: int
    outcome: str
    """`Success`, or why it was not."""


@attrs.frozen
class EventLog:
    """What it says.

    Attributes:
        tasks: those that read.
        lost: the executors that went away before the end, each with the reason.
    """

    tasks: list[ReadingTask]
    lost: dict[str, str]

    @classmethod
    def of(cls, folder: Path) -> EventLog:
        """The one in `folder`."""
        stages: set[int] = set()
        tasks: list[ReadingTask] = []
        lost: dict[str, str] = {}
        for event in _events(folder):
            kind = event["Event"]
            if kind == "SparkListenerStageSubmitted" and _READING in json.dumps(event["Stage Info"]):
                stages.add(event["Stage Info"]["Stage ID"])
            elif kind == "SparkListenerTaskEnd" and event["Stage ID"] in stages:
                tasks.append(_task(event))
            elif kind == "SparkListenerExecutorRemoved":
                lost[event["Executor ID"]] = event["Removed Reason"]
        return cls(tasks, lost)

    @property
    def at_once(self) -> int:
        """How many executors have read a partition at the same moment."""
        pairs = combinations(self.tasks, 2)
        return 2 if any(_overlap(one, other) for one, other in pairs) else min(1, len(self.tasks))

    def died(self, executor: str) -> int:
        """How many tasks ended with the executor."""
        return sum(task.executor == executor and task.outcome != "Success" for task in self.tasks)


def _overlap(one: ReadingTask, other: ReadingTask) -> bool:
    if one.executor == other.executor or "Success" not in (one.outcome, other.outcome):
        return False
    return one.began < other.ended and other.began < one.ended


def _task(event: dict[str, Any]) -> ReadingTask:
    info = event["Task Info"]
    return ReadingTask(
        event["Stage ID"],
        info["Executor ID"],
        info["Launch Time"],
        info["Finish Time"],
        event["Task End Reason"]["Reason"],
    )


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.stat().st_size and not file.name.startswith((".", "appstatus")):
            for line in file.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)


__all__ = ["EventLog", "ReadingTask"]
