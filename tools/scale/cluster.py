"""Spark with a cluster of two workers on this machine; all that it writes stands in one folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pyspark
from pyspark.sql import SparkSession

from codegen.files import ROOT

from .on_workers import SourceAtPresent

ResultT = TypeVar("ResultT")
Session: TypeAlias = Any
"""A `pyspark.sql.SparkSession` of the full pyspark; where types are checked, only its client is installed."""

_MASTER = "local-cluster[2,1,1024]"
"""Two workers, each with one core and 1,024 MB."""
_LOG = """\
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""
_EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
_WORK = Path(pyspark.__file__).with_name("work")
"""Where workers in the process of the driver keep what their executors write; it cannot be chosen."""


@contextlib.contextmanager
def cluster(folder: Path, environment: Mapping[str, str]) -> Generator[Session]:
    """A session on two workers, whose processes have `environment` and whose files end up in `folder`."""
    shown = sys.stderr.isatty()
    for name in ("events", "local", "warehouse"):
        (folder / name).mkdir(parents=True)
    (folder / "log4j2.properties").write_text(_LOG.format(file=folder / "driver.log"), encoding="utf-8")
    builder: Any = SparkSession.builder
    for name, value in _settings(folder, shown=shown).items():
        builder = builder.config(name, value)
    with _in_environment({**environment, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}):
        session: Session = builder.master(_MASTER).appName("make scale").getOrCreate()
    application: str = session.sparkContext.applicationId
    try:
        session.dataSource.register(SourceAtPresent)
        yield session
    finally:
        session.stop()
        if (_WORK / application).exists():
            shutil.move(_WORK / application, folder / "work")


def _settings(folder: Path, *, shown: bool) -> dict[str, str]:
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(shown).lower(),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{folder / 'log4j2.properties'}",
        "spark.executor.memory": "1g",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file:{folder / 'events'}",
        "spark.eventLog.compress": "false",
        "spark.local.dir": str(folder / "local"),
        "spark.shuffle.compress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "America/New_York",  # Months are those of UTC all the same.
        "spark.sql.python.filterPushdown.enabled": "true",
    }


@contextlib.contextmanager
def _in_environment(more: Mapping[str, str]) -> Generator[None]:
    """What is started meanwhile has `more`; this process is as before."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def with_a_kill(session: Session, work: Callable[[], ResultT]) -> tuple[ResultT, str | None]:
    """What `work` gives, and the executor that was killed while it had a task; None if there was no time."""
    results: list[ResultT] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    killed = _kill_in_the_middle(session, thread)
    thread.join()
    if errors:
        raise errors[0]
    return results[0], killed


def _kill_in_the_middle(session: Session, thread: threading.Thread) -> str | None:
    """Kill one executor once a third of the tasks are done and both executors have one."""
    tracker = session.sparkContext.statusTracker()
    while thread.is_alive():
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numActiveTasks >= 2 and 3 * info.numCompletedTasks >= info.numTasks > 2:
                executor, process = executors()[0]
                os.kill(process, signal.SIGKILL)
                return executor
        time.sleep(0.02)
    return None


def executors() -> list[tuple[str, int]]:
    """The executors of this process, each with its process id."""
    command = ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    processes = {
        int(pid): (int(parent), args) for pid, parent, args in map(_parts, listed.stdout.splitlines())
    }
    found: list[tuple[str, int]] = []
    for pid, (_, args) in processes.items():
        words = args.split()
        if _EXECUTOR in words and os.getpid() in _ancestors(pid, processes):
            found.append((words[words.index("--executor-id") + 1], pid))
    return sorted(found)


def _ancestors(pid: int, processes: Mapping[int, tuple[int, str]]) -> Iterator[int]:
    while pid in processes:
        pid = processes[pid][0]
        yield pid


def _parts(line: str) -> list[str]:
    return [*line.split(maxsplit=2), "", ""][:3]


__all__ = ["Session", "cluster", "executors", "with_a_kill"]
