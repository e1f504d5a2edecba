"""From pages to tables: columns straight from the bytes, beside frames that are made of rows."""

from __future__ import annotations

from .child import Contestant
from .harness import take_turns
from .pages import HOUR, page_of, rows_of
from .results_model import BenchmarkRun, Findings, Group, Series, Table, Threshold, at_least, rate

ROUNDS = 9
ROWS = 16_800
ARROW, PANDAS = "this package, to_arrow()", "this package, to_pandas()"
RECORDS, OFFICIAL = "this package, rows into pandas", "official SDK, to_dict() into pandas"
CONTESTANTS = {
    ARROW: "arrow",
    PANDAS: "pandas",
    RECORDS: "pandas_of_rows",
    OFFICIAL: "official",
    "official SDK, dict(result) into pandas": "official_by_pydantic",
}
GROUPINGS = {"model": ["model"], "everything": None}


def measure(session: BenchmarkRun) -> Findings:
    """The largest page of hours, for two queries."""
    tables: list[Table] = []
    bars: list[Threshold] = []
    for name, group_by in GROUPINGS.items():
        session.say(f"grouped by {name}")
        body = session.folder / "frames.json"
        body.write_bytes(page_of(rows_of("completions", ROWS, group_by=group_by), width=HOUR))
        contestants = {
            title: Contestant(f"benchmarks.contestants.frames:{function}", {"body": str(body)})
            for title, function in CONTESTANTS.items()
        }
        found = take_turns(contestants, rounds=ROUNDS, say=session.say, warm_up=True)
        tables.append(_table(f"{ROWS:,} rows, grouped by {name}", found))
        statement = f"grouped by {name}: an Arrow table sooner than the SDK's frame"
        bars.append(at_least(20, statement, slow=found[OFFICIAL], fast=found[ARROW]))
    return Findings(
        how="A query by each client, answered with a page by a transport that has it in memory, becomes a "
        "table of all columns. The official SDK documents `to_dict()`; `dict(result)` is the fastest way "
        "that its results have. A reading is the mean of half a second of the processor at least.",
        tables=tables,
        bars=bars,
    )


def _table(title: str, found: dict[str, Series]) -> Table:
    official = found[OFFICIAL].median
    rows = tuple(
        (name, *series.cells, rate(ROWS, series.median), f"{official / series.median:.1f}")
        for name, series in found.items()
    )
    return Table(title, ("reader", "median", "range", "rows/s", "times as fast as the official SDK"), rows)


GROUP = Group("frames", "Tables", measure)
