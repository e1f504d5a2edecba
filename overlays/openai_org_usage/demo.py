"""`make demo`: thirty days of an emulated organization, from all endpoints, as a report.

It needs no key and no network: the emulator runs in this process, and everything else is what a
user would write. `python -m openai_org_usage.demo` runs it from an installed package.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs

try:
    from rich.columns import Columns
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
    from rich.table import Table
    from rich.text import Text
except ModuleNotFoundError as missing:  # pragma: no cover - only without the extra
    raise SystemExit("the demo needs an extra: pip install 'openai-org-usage[demo]'") from missing

from ._generated import OPERATIONS
from .client import UsageClient
from .emulator import Emulator
from .summary import CostSummary, Share, summarize_costs, top, total_usage, usage_by

DAYS = 30
_DAY = 86_400
_CHART_HEIGHT = 8
_MARGIN = 8
_BLOCKS = " ▁▂▃▄▅▆▇█"
_WEEKEND = 5


@attrs.frozen
class Pulled:
    """What was read, and how long it took."""

    start: int
    end: int
    usage: dict[str, list[Any]]
    """Rows by operation."""
    costs: list[Any]
    """Rows of costs by line item and project."""
    seconds: float


def main() -> int:
    """Run the demonstration; the report goes to standard output, progress to standard error."""
    console = Console()
    with Emulator() as emulator:
        end = int(time.time()) // _DAY * _DAY
        with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url) as client:
            pulled = pull(client, start=end - DAYS * _DAY, end=end)
        requests = len(emulator.requests)
    console.print(report(pulled, requests=requests, width=console.width))
    return 0


def pull(client: UsageClient, *, start: int, end: int) -> Pulled:
    """Read every endpoint from `start` to `end` (Unix seconds), hour by hour, and costs by day."""
    usage: dict[str, list[Any]] = {}
    began = time.perf_counter()
    with _progress() as progress:
        task = progress.add_task("", total=(len(OPERATIONS) + 1) * (end - start))
        for operation in OPERATIONS.values():
            widths = operation.parameter("bucket_width").allowed_values
            groups = operation.parameter("group_by").allowed_values
            endpoint: Any = getattr(client, operation.name)
            query = endpoint(
                start_time=start,
                end_time=end,
                bucket_width="1h" if "1h" in widths else None,
                group_by=[name for name in ("project_id", "model") if name in groups],
            )
            progress.update(task, description=operation.name)
            usage[operation.name] = list(_watched(query.rows(), progress, task, start, end))
        by_item = client.costs(start_time=start, end_time=end, group_by=["line_item", "project_id"])
        progress.update(task, description="costs by line item")
        costs = list(_watched(by_item.rows(), progress, task, start, end))
    return Pulled(start, end, usage, costs, time.perf_counter() - began)


def _watched(rows: Iterable[Any], progress: Progress, task: TaskID, start: int, end: int) -> Iterator[Any]:
    """`rows`, while the bar advances with the time that they cover."""
    covered = start
    for row in rows:
        if row.end_time > covered:
            progress.advance(task, row.end_time - covered)
            covered = row.end_time
        yield row
    progress.advance(task, end - covered)


def report(pulled: Pulled, *, requests: int, width: int) -> Group:
    """The report, for a console of `width` columns to print."""
    summary = summarize_costs(pulled.costs)
    tokens = usage_by(pulled.usage["completions"], "model", "input_tokens")
    chart = _chart(summary.by_day, width=width)
    return Group(
        Text(),
        _headline(pulled, summary, requests),
        Text(),
        Panel(chart, title="Cost by day, USD", title_align="left", expand=False),
        Columns(
            [
                _ranking("Top models and categories by cost", top(summary.by_item, 8), "USD", "{:,.2f}"),
                _ranking("Top projects by cost", top(summary.by_project, 8), "USD", "{:,.2f}"),
                _ranking("Input tokens by model", top(tokens, 8), "millions", "{:,.1f}", scale=1_000_000),
            ],
            padding=(0, 3),
        ),
        _totals(pulled.usage),
    )


def _headline(pulled: Pulled, summary: CostSummary, requests: int) -> Text:
    rows = sum(len(rows) for rows in pulled.usage.values()) + len(pulled.costs)
    return Text.assemble(
        ("An emulated organization", "bold"),
        f", {_date(pulled.start):%-d %B} to {_date(pulled.end - 1):%-d %B %Y} (UTC)\n",
        f"{len(pulled.usage)} endpoints, {requests} requests, {rows:,} rows in {pulled.seconds:.1f} s\n",
        "Total cost ",
        (f"{summary.total:,.2f} USD", "bold green"),
        (f"  (to the last digit: {summary.total.normalize():f})", "dim"),
    )


def _chart(by_day: dict[int, Decimal], *, width: int) -> Text:
    """Columns in eighths of a character, a scale at the left, weekdays below."""
    highest = max(by_day.values(), default=Decimal(1)) or Decimal(1)
    cell = max(2, min(4, (width - _MARGIN - 4) // max(1, len(by_day))))
    text = Text(no_wrap=True)
    for level in range(_CHART_HEIGHT - 1, -1, -1):
        scale = highest * (level + 1) / _CHART_HEIGHT
        text.append(f"{scale:>{_MARGIN - 1},.0f} ", "dim")
        for day, value in by_day.items():
            eighths = int(value / highest * _CHART_HEIGHT * 8) - level * 8
            block = _BLOCKS[max(0, min(8, eighths))]
            text.append(block * (cell - 1) + " ", "bright_black" if _is_weekend(day) else "green")
        text.append("\n")
    text.append(" " * _MARGIN)
    for day in by_day:
        name = f"{_date(day):%a}"[: cell - 1]
        text.append(f"{name:<{cell}}", "dim" if _is_weekend(day) else "")
    return text


def _ranking(title: str, shares: list[Share], unit: str, form: str, *, scale: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    table.add_column(unit, justify="right")
    table.add_column("share", justify="right")
    table.add_column("", min_width=10)
    for share in shares:
        bar = "█" * round(share.of_total * 10) or "▏"
        table.add_row(
            share.name, form.format(share.value / scale), f"{share.of_total:.1%}", Text(bar, "cyan")
        )
    return table


def _totals(usage: dict[str, list[Any]]) -> Table:
    """The metrics that every result of an endpoint has."""
    table = Table(title="Usage totals", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("endpoint")
    table.add_column("totals")
    for operation in OPERATIONS.values():
        required = {field.name for field in operation.fields if field.required}
        totals = total_usage(operation, usage[operation.name])
        shown = [f"{value:,.0f} {name}" for name, value in totals.items() if name in required]
        if shown:
            table.add_row(operation.name, Text(", ".join(shown)))
    return table


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    return Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _is_weekend(day: int) -> bool:
    return _date(day).weekday() >= _WEEKEND


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


if __name__ == "__main__":
    raise SystemExit(main())
