"""From pages to tables: columns straight from the bytes, beside frames that are made of rows."""

from __future__ import annotations

from .child import Contestant
from .findings import Findings, Group, Session, Table, at_least, rate
from .pages import HOUR, page_of, rows_of
from .turns import take_turns

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


def measure(session: Session) -> Findings:
    """The largest page of hours."""
    body = session.folder / "frames.json"
    body.write_bytes(page_of(rows_of("completions", ROWS), width=HOUR))
    contestants = {
        name: Contestant(f"benchmarks.framers:{function}", {"body": str(body)})
        for name, function in CONTESTANTS.items()
    }
    found = take_turns(contestants, rounds=ROUNDS, say=session.say, warm_up=True)
    official = found[OFFICIAL]
    rows = tuple(
        (name, *series.cells, rate(ROWS, series.median), f"{official.median / series.median:.1f}")
        for name, series in found.items()
    )
    columns = ("reader", "median", "range", "rows/s", "times as fast as the official SDK")
    return Findings(
        how="A query by each client, answered with a page grouped by everything by a transport that has it "
        "in memory, becomes a table of all columns. The official SDK documents `to_dict()`; "
        "`dict(result)` is the fastest way that its results have.",
        tables=[Table(f"{ROWS:,} rows", columns, rows)],
        bars=[at_least(20, "an Arrow table sooner than the SDK's frame", slow=official, fast=found[ARROW])],
    )


GROUP = Group("frames", "Tables", measure)
