"""`make demo`: thirty days of an emulated organization, from all endpoints, and the report of them.

It needs no key and no network: the emulator runs in this process, and everything else is what a
user would write. `python -m openai_org_usage.demo` runs it from an installed package.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import attrs

try:
    from rich.console import Console, Group
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
    from rich.table import Table
    from rich.text import Text
except ModuleNotFoundError as missing:  # pragma: no cover - only without the extra
    from .installation import install_command

    raise SystemExit(f"the demo needs an extra: {install_command('demo')}") from missing

from ._generated import OPERATIONS, FieldRole, Operation, OverTime, Request
from .client import UsageClient
from .emulator import Emulator
from .money import exact_sum
from .pagination.rules import Bucket, Span
from .report import Period, Report, collect
from .report.renderers.terminal import print_report
from .terminal.commands import run_command

DAYS = 30


@attrs.frozen
class DemoData:
    """What was read, and how long it took."""

    usage: dict[str, list[Span]]
    """Rows by operation."""
    report: Report
    seconds: float


def main() -> int:
    """Run the demonstration; the report goes to standard output, progress to standard error."""
    with Emulator() as emulator:
        now = datetime.fromtimestamp(time.time(), UTC)
        with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url) as client:
            data = pull(client, now=now)
        requests = len(emulator.requests)
    console = Console(highlight=False)
    console.print(_headline(data, requests))
    print_report(data.report)
    console.print(_totals(data.usage))
    return 0


def pull(client: UsageClient, *, now: datetime) -> DemoData:
    """Read every endpoint for the thirty days before that of `now`, hour by hour, and the report."""
    period = Period.last_days(DAYS, now=now, complete_days=True)
    start, end = period.start_time, period.end_time
    usage: dict[str, list[Span]] = {}
    began = time.perf_counter()
    with _progress() as progress:
        task = progress.add_task("", total=len(OPERATIONS) * (end - start))
        for operation in OPERATIONS.values():
            widths = operation.parameter("bucket_width").allowed_values
            groups = operation.parameter("group_by").allowed_values
            arguments = {
                "start_time": start,
                "end_time": end,
                "bucket_width": "1h" if "1h" in widths else None,
                "group_by": [name for name in ("project_id", "model") if name in groups],
            }
            query = client.query(Request[object, Bucket, Span].of(operation, arguments))
            progress.update(task, description=operation.name)
            usage[operation.name] = list(_watched(query.rows(), progress, task, start, end))
    report = collect(client, period=period, now=now, names=client.names())
    return DemoData(usage, report, time.perf_counter() - began)


def total_usage(operation: Operation, rows: Iterable[Span]) -> dict[str, Decimal]:
    """The sum of each metric of `operation` over its `rows`, by name, in the document's order.

    Levels, such as bytes stored, do not add up over time: theirs is the sum over the last bucket.
    """
    rows = list(rows)
    end = max((row.end_time for row in rows), default=0)
    metrics = {field.name: field.over_time for field in operation.fields if field.role == FieldRole.METRIC}
    return {
        name: exact_sum(getattr(row, name) or 0 for row in rows if over_time == "sum" or row.end_time == end)
        for name, over_time in metrics.items()
    }


def _watched(rows: Iterable[Span], progress: Progress, task: TaskID, start: int, end: int) -> Iterator[Span]:
    """`rows`, while the bar advances with the time that they cover."""
    covered = start
    for row in rows:
        if row.end_time > covered:
            progress.advance(task, row.end_time - covered)
            covered = row.end_time
        yield row
    progress.advance(task, end - covered)


def _headline(data: DemoData, requests: int) -> Group:
    rows = sum(len(rows) for rows in data.usage.values())
    return Group(
        Text("\nAn emulated organization", "bold"),
        Text(
            f"{len(data.usage)} endpoints, {requests} requests, {rows:,} rows in {data.seconds:.1f} s\n",
            "dim",
        ),
    )


def _totals(usage: dict[str, list[Span]]) -> Table:
    """The metrics that every result of an endpoint has; of levels the last."""
    table = Table(title="\nUsage totals", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("endpoint")
    table.add_column("totals")
    for operation in OPERATIONS.values():
        fields = {field.name: field for field in operation.fields if field.required}
        totals = total_usage(operation, usage[operation.name])
        shown = [
            f"{value:,.0f} {name}{' at the end' if fields[name].over_time == OverTime.LAST else ''}"
            for name, value in totals.items()
            if name in fields
        ]
        if shown:
            table.add_row(operation.name, Text(", ".join(shown)))
    return table


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    return Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        transient=True,
    )


if __name__ == "__main__":
    raise SystemExit(run_command(main))
