"""Tables and rows with the names of projects, users and keys, beside the same without."""

from __future__ import annotations

from .child import Contestant
from .harness import take_turns
from .pages import HOUR, page_of, rows_of
from .results_model import BenchmarkRun, Findings, Group, Table, Threshold

ROUNDS = 9
ROWS = 16_800
MOST = 1.05
"""How many times as long an Arrow table or a loop over rows may take with names."""
WAYS = {
    "to_arrow()": "arrow",
    "rows()": "rows",
    "rows(), project read": "projects",
    "write() as CSV": "csv",
}


def measure(session: BenchmarkRun) -> Findings:
    """The largest page of hours, of which a year has 52, once with names and once without."""
    body = session.folder / "named.json"
    body.write_bytes(page_of(rows_of("completions", ROWS), width=HOUR))
    rows: list[tuple[str, ...]] = []
    ratios: dict[str, float] = {}
    for way, function in WAYS.items():
        contestants = {
            f"{way}, {names}": Contestant(
                f"benchmarks.contestants.named:{function}", {"body": str(body), "named": named}
            )
            for named, names in enumerate(("without names", "with names"))
        }
        found = take_turns(contestants, rounds=ROUNDS, say=session.say, warm_up=True)
        plain, _ = found.values()
        ratios[way] = max(series.median for series in found.values()) / plain.median
        rows += [
            (name, *series.cells, f"{series.median / plain.median:.2f}") for name, series in found.items()
        ]
    columns = ("reader", "median", "range", "times as long as without names")
    return Findings(
        how="A query, answered with a page by a transport that has it in memory, grouped by everything. The "
        "names of all its ids are there already. CSV has four more columns then, and a quarter more bytes. A "
        "reading is the mean of half a second of the processor's time at least.",
        tables=[Table(f"{ROWS:,} rows", columns, tuple(rows))],
        bars=[_bar("an Arrow table", ratios["to_arrow()"]), _bar("a loop over rows", ratios["rows()"])],
    )


def _bar(what: str, ratio: float) -> Threshold:
    statement = f"{what} with names takes as long as without: at most {MOST} times"
    return Threshold(statement, f"{ratio:.2f} times", ratio <= MOST)


GROUP = Group("named", "Names", measure)
