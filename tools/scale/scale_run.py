"""One run of `make scale`: what Spark is asked for, one after the other, and what is found."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from openai_org_usage.archive.archive import Archive

from .cluster import Session, with_a_kill
from .event_log import EventLog
from .leaks import search_for_keys
from .organizations import DAY, DAYS_LATER, FIRST_PRESENT, SECRETS, ScaleOrganizations
from .tables import PARTITIONS, archive_rows, delta_rows, difference, overwrite_months

TABLES = ("completions", "costs")
RECENT = ("2026-11", "2026-12")
"""The months in which something may have changed between the two readings."""
FILTERS = {
    "a month": "month = '2026-10'",
    "time, organization": (
        "start_time >= timestamp'2026-11-20 00:00:00Z' and organization in ('acme', 'gamma')"
    ),
    "organization, model, batch": "organization = 'acme' and model = 'gpt-4o-mini-2024-07-18' and not batch",
}


@attrs.frozen
class ScaleCheck:
    """One line of the table: what was found, and whether it is as it should be."""

    name: str
    found: str
    passed: bool


@attrs.define
class ScaleRun:
    """One run: what it works with, and what it has found."""

    organizations: ScaleOrganizations
    folder: Path
    checks: list[ScaleCheck] = attrs.field(factory=list[ScaleCheck])
    killed: str | None = None

    def check(self, name: str, found: object, passed: bool) -> None:
        """Add a line."""
        self.checks.append(ScaleCheck(name, str(found), passed))

    def read(self, spark: Session, *only: str, **options: str) -> Any:
        """A DataFrame of the organizations, or of some of them."""
        every = {**self.organizations.options(*only), **options}
        return spark.read.format("openai_org_usage").options(**every).load()


@contextmanager
def step(name: str) -> Generator[None]:
    """Say on the terminal what is going on, and how long it took."""
    print(f"{name} ...", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def read_all(run: ScaleRun, spark: Session) -> None:
    """A year of three organizations; a worker is killed while it reads, with what it had read before."""
    for table in TABLES:
        frame = run.read(spark, endpoint=table).repartition(4, *PARTITIONS)
        with step(f"a year of {table}, three organizations"):
            if table == TABLES[0]:
                rows, run.killed = with_a_kill(spark, frame.toArrow)
            else:
                rows = frame.toArrow()
        months = set(rows.column("month").to_pylist())
        overwrite_months(run.folder / "delta" / table, rows, months=months)
    run.check("a worker was killed while it had a task", f"executor {run.killed}", run.killed is not None)
    _compare(run, "a year, a worker killed")


def read_changes(run: ScaleRun, spark: Session) -> None:
    """The same some days later: one organization has restated what was read."""
    run.organizations.set_present(FIRST_PRESENT + DAYS_LATER * DAY)
    for table in TABLES:
        run.organizations.forget_requests()
        frame = run.read(spark, endpoint=table, pushdown="true")
        with step(f"{table} again, {DAYS_LATER} days later, the months {' and '.join(RECENT)}"):
            rows = frame.where(frame.month.isin(*RECENT)).toArrow()
        overwrite_months(run.folder / "delta" / table, rows, months=RECENT)
    restated = _compare(run, f"{DAYS_LATER} days later, two months overwritten")
    run.check("there was something restated in between", f"{restated} fields", restated > 0)


def _compare(run: ScaleRun, moment: str) -> int:
    """The Delta tables and an archive of the same moment; how many fields the archive saw restated."""
    archive = Archive(run.folder / "archive", clock=lambda: run.organizations.present)
    restated = 0
    for each in run.organizations.organizations:
        with step(f"Archive.sync of {each.name}"), each.client(lambda: run.organizations.present) as client:
            result = archive.sync(
                client, organization=each.name, tables=TABLES, since=run.organizations.start, names=False
            )
        restated += result.restated
    for table in TABLES:
        found, expected = (
            delta_rows(run.folder / "delta" / table),
            archive_rows(run.folder / "archive", table),
        )
        unlike = difference(found, expected)
        run.check(f"{table} = archive: {moment}", unlike, unlike.is_none)
    return restated


def narrow(run: ScaleRun, spark: Session) -> None:
    """Filters that are pushed down: the same rows as Spark's own filters give, and fewer requests."""
    with step("completions, filtered by Spark alone"):
        whole = run.read(spark, endpoint="completions")
        run.organizations.forget_requests()
        counts = whole.selectExpr(*(f"count_if({condition})" for condition in FILTERS.values())).head()
        every = run.organizations.requests
    for (name, condition), expected in zip(FILTERS.items(), counts or (), strict=True):
        with step(f"completions where {condition}"):
            run.organizations.forget_requests()
            rows = run.read(spark, endpoint="completions", pushdown="true").where(condition).count()
            requests = run.organizations.requests
        found = f"{requests} requests instead of {every}, {rows:,} of {expected:,} rows"
        run.check(f"push-down of {name}", found, requests < every and rows == expected > 0)


def query_twice(run: ScaleRun, spark: Session) -> None:
    """Two queries of one DataFrame. With push-down, Spark 4.2 has the second read what the first did."""
    for pushdown in ("false", "true"):
        frame = run.read(spark, "acme", endpoint="completions", group_by="", pushdown=pushdown)
        with step(f"one DataFrame, two queries, pushdown={pushdown}"):
            before = frame.where("month = '2026-10'").count()
            after = frame.count()
        days = (int(run.organizations.present) - run.organizations.start) // DAY + 1
        found = f"{before} rows of a month, then {after} of {days}"
        if pushdown == "false":
            run.check("one DataFrame, two queries", found, (before, after) == (31, days))
        else:
            run.check("the same with push-down, for information", found, True)


def look_into_files(run: ScaleRun) -> None:
    """What Spark itself has written down."""
    with step("searching what Spark has written"):
        log = EventLog.of(run.folder / "spark" / "events")
        search = search_for_keys(run.organizations.keys, run.folder)
    run.check("two executors read at once", f"{log.at_once}, {len(log.tasks)} tasks", log.at_once == 2)
    died = log.died(run.killed or "")
    reason = log.lost.get(run.killed or "", "not lost")
    run.check("tasks that died with the worker, read again", f"{died} ({reason[:60]})", died > 0)
    size = f"{search.files} files, {search.size / 1e6:.0f} MB"
    found = ", ".join(search.found) or "nowhere"
    run.check("the keys stand in the secret store alone", f"{found}; {size}", search.found == [SECRETS])
