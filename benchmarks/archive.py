"""Keeping costs that are restated: how long an update takes, and what is wrong after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import attrs
import duckdb
import httpx

from openai_org_usage import UsageClient

from .child import KEY, Contestant
from .contestants.archive import LOOKBACK_DAYS
from .harness import serving, started
from .pages import DAY, NOW
from .results_model import BenchmarkRun, Findings, Group, Series, Table, Threshold, duration

LATENCY = 0.1
DAYS, UPDATES = 60, 6
START = NOW // DAY * DAY - DAYS * DAY
NEARLY = Decimal("1e-12")
"""Amounts that differ by less than that share have lost digits; the others are of another moment."""

Key = tuple[int, str, str]
Rows = Mapping[Key, list[str]]
"""The amounts under each bucket, project and line item."""

OURS, SOURCE = "this package's archive", "this package's source for dlt"
_MODULE = "benchmarks.contestants.archive"


@attrs.frozen
class Keeper:
    """A contestant, and the query that gives its rows in DuckDB; `{}` is its folder."""

    function: str
    query: str
    options: dict[str, str | int | float] = attrs.field(factory=dict[str, str | int | float])


_EXACT = (
    "select epoch(start_time)::bigint, project_id, line_item, "
    "coalesce(amount_value_exact, amount_value::varchar) from "
)
_BY_REST = (
    "select b.start_time, project_id, line_item, amount__value from kept.costs__results r "
    "join kept.costs b on r._dlt_parent_id = b._dlt_id"
)
_BY_LOOP = "select start_time, project_id, line_item, amount::varchar from read_parquet('{}/costs.parquet')"
AGAIN: dict[str, str | int | float] = {"days_again": LOOKBACK_DAYS}
KEEPERS = {
    OURS: Keeper("archive", f"{_EXACT} read_parquet('{{}}/table=costs/**/*.parquet')"),
    SOURCE: Keeper("dlt_source", f"{_EXACT} kept.costs"),
    "REST API source of dlt": Keeper("rest_api", _BY_REST, {"days_again": 0}),
    f"the same with a lag of {LOOKBACK_DAYS} days": Keeper("rest_api", _BY_REST, AGAIN),
    "loop over the official SDK into Parquet": Keeper("official", _BY_LOOP, {"days_again": 0}),
    f"the same, {LOOKBACK_DAYS} days again": Keeper("official", _BY_LOOP, AGAIN),
}


@attrs.frozen
class Discrepancies:
    """What is wrong with the rows that are kept, beside those that the API has now.

    Attributes:
        rows: how many are kept.
        doubled: rows there more than once.
        gone: rows that the API no longer has.
        missing: rows that only the API has.
        old: amounts of another moment.
        rounded: amounts that have lost digits.
        off_by: how far the sum of the amounts is off.
    """

    rows: int
    doubled: int
    gone: int
    missing: int
    old: int
    rounded: int
    off_by: Decimal

    @classmethod
    def of(cls, kept: Rows, true: Rows) -> Discrepancies:
        """Those of `kept`."""
        pairs = [(Decimal(kept[key][-1]), Decimal(true[key][-1])) for key in kept.keys() & true.keys()]
        near = [one != other and abs(one - other) <= NEARLY * abs(other) for one, other in pairs]
        return cls(
            rows=sum(map(len, kept.values())),
            doubled=sum(len(amounts) - len(true.get(key, amounts)) for key, amounts in kept.items()),
            gone=len(kept.keys() - true.keys()),
            missing=len(true.keys() - kept.keys()),
            old=sum(one != other for one, other in pairs) - sum(near),
            rounded=sum(near),
            off_by=_total(kept) - _total(true),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """For a table."""
        counts = (self.rows, self.doubled, self.gone, self.missing, self.old, self.rounded)
        return (*(f"{count:,}" for count in counts), f"{self.off_by:.2g}" if self.off_by else "exact")


def measure(session: BenchmarkRun) -> Findings:
    """A first load and five daily updates by each, and then what they keep beside what the API has."""
    first: dict[str, float] = {}
    daily: dict[str, Series] = {}
    faults: dict[str, Discrepancies] = {}
    with serving("benchmarks.restating", str(LATENCY)) as base_url:
        for number, (name, keeper) in enumerate(KEEPERS.items()):
            for folder in (session.folder / f"warm-{number}", session.folder / str(number)):
                folder.mkdir()
                first[name], *others = _updates(keeper, base_url, folder)
                daily[name] = Series(tuple(others))
            faults[name] = Discrepancies.of(_kept(keeper, session.folder / str(number)), _true(base_url))
            times = f"{duration(first[name])} at first, then {duration(daily[name].median)}"
            session.say(f"{name}: {times}; {faults[name]}")
    return _findings(first, daily, faults)


def _updates(keeper: Keeper, base_url: str, folder: Path) -> list[float]:
    """The seconds of each, a day after the one before."""
    given: dict[str, str | int | float] = {
        "folder": str(folder),
        "base_url": base_url,
        "key": KEY,
        "start": START,
        "now": NOW,
    }
    given |= keeper.options
    seconds: list[float] = []
    with started(Contestant(f"{_MODULE}:{keeper.function}", given)) as worker:
        for day in range(UPDATES):
            _set_clock(base_url, NOW + day * DAY)
            seconds.append(worker.turn().seconds)
    return seconds


def _set_clock(base_url: str, moment: int) -> None:
    httpx.get(f"{base_url}/now/{moment}").raise_for_status()


def _kept(keeper: Keeper, folder: Path) -> Rows:
    file = folder / "warehouse.duckdb"
    with duckdb.connect(str(file) if file.exists() else ":memory:") as connection:
        return _by_key(connection.execute(keeper.query.format(folder)).fetchall())


def _true(base_url: str) -> Rows:
    now = NOW + (UPDATES - 1) * DAY
    with UsageClient(admin_key=KEY, base_url=base_url, clock=lambda: now) as client:
        query = client.costs(start_time=START, group_by=["project_id", "line_item"])
        return _by_key(
            [
                (bucket.start_time, row.project_id, row.line_item, f"{row.amount.value:f}")
                for bucket in query
                for row in bucket.results
                if row.amount is not None and row.amount.value is not None
            ]
        )


def _by_key(rows: Iterable[Sequence[Any]]) -> Rows:
    found: defaultdict[Key, list[str]] = defaultdict(list)
    for start, project, item, amount in rows:
        found[int(start), str(project), str(item)].append(amount)
    return found


def _total(rows: Rows) -> Decimal:
    with localcontext(prec=60):
        return sum((Decimal(amount) for amounts in rows.values() for amount in amounts), Decimal(0))


def _findings(
    first: Mapping[str, float], daily: Mapping[str, Series], faults: Mapping[str, Discrepancies]
) -> Findings:
    return Findings(
        how=f"{DAYS} days of costs by project and line item, then {UPDATES - 1} updates, a day after each "
        "other, from the emulator in a process of its own, which restates days for five days. Its answers "
        f"are computed before, and each comes {LATENCY * 1000:.0f} ms after its request. The REST API "
        "source is declared with merge by bucket; the loop appends what comes from the last bucket on, or "
        "drops the older of two rows of one bucket, project and line item. The first load has the imports.",
        tables=[_times(first, daily), _faults(faults)],
        bars=[_is_exact(name, faults[name]) for name in (OURS, SOURCE)],
    )


def _times(first: Mapping[str, float], daily: Mapping[str, Series]) -> Table:
    rows = tuple(
        (
            name,
            duration(first[name]),
            f"{first[name] / first[OURS]:.1f}",
            duration(daily[name].median),
            f"{daily[name].median / daily[OURS].median:.1f}",
        )
        for name in KEEPERS
    )
    return Table(
        "Time", ("what keeps them", "first load", "times as long", "a day more", "times as long"), rows
    )


def _faults(faults: Mapping[str, Discrepancies]) -> Table:
    heads = ("rows", "doubled", "gone upstream", "missing", "of another moment", "digits lost", "sum off by")
    rows = tuple((name, *faults[name].cells) for name in KEEPERS)
    return Table("What is wrong after the last update", ("what keeps them", *heads), rows)


def _is_exact(name: str, found: Discrepancies) -> Threshold:
    wrong = found.doubled + found.gone + found.missing + found.old + found.rounded
    return Threshold(f"{name} has each row as it is upstream, to the last digit", f"{wrong} wrong", not wrong)


GROUP = Group("archive", "Costs that are kept and restated", measure)
