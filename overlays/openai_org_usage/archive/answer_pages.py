"""Pages of usage and costs as the API makes them, made of one organization's part of an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import attrs

from .._generated import Operation
from ..errors import ArchiveError
from ..tables.columns import START
from ..tables.optional_imports import ArrowTable, require
from .aggregation import Grouping
from .asked_buckets import AskedBuckets, cursor_at
from .coverage import KeptBuckets, KeptTable, covering_table
from .group_sums import BUCKET
from .kept_months import KeptMonths
from .kept_results import Result
from .manifest import ArchiveManifest, OrganizationState
from .partition_paths import month_of, months_between
from .partitions import file_schema
from .storage import Storage

_START_TEXT, _END_TEXT = "start_time_iso", "end_time_iso"


@attrs.define(eq=False, repr=False)
class ArchiveAnswers:
    """The pages that one organization's part of an archive gives.

    Attributes:
        settled: whether only buckets are there that had been over for the look-back when they were read.
        clock: the present in Unix seconds.
        used: the tables that answers came from so far, by name.
        cut_at: where the table ends before what was asked for, in Unix seconds; None if none did.
        gaps: what was asked for and could never be read.
    """

    storage: Storage
    manifest: ArchiveManifest
    organization: str
    settled: bool = attrs.field(kw_only=True)
    clock: Callable[[], float] = attrs.field(kw_only=True)
    used: dict[str, KeptTable] = attrs.field(init=False, factory=dict[str, KeptTable])
    cut_at: int | None = attrs.field(init=False, default=None)
    gaps: list[tuple[int, int]] = attrs.field(init=False, factory=list[tuple[int, int]])
    _months: KeptMonths = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        known = self.manifest.organizations
        if self.organization not in known:
            there = ", ".join(known) or "none yet"
            raise ArchiveError(
                f"{self.storage.location} keeps nothing of an organization called {self.organization!r}; "
                f"there are: {there}"
            )
        self._months = KeptMonths(self.storage, self.organization)

    @property
    def read_at(self) -> float | None:
        """When what was used was read, the oldest of it; None if nothing was."""
        states = [kept.state for kept in self.used.values()]
        moments = (min(state.read_at or 0.0, float(state.read_until or 0)) for state in states)
        return min(moments, default=None)

    @property
    def read_until(self) -> int | None:
        """Where what was used ends, the shortest of it; None if nothing was."""
        return min((kept.read_until(settled=self.settled) for kept in self.used.values()), default=None)

    @property
    def organization_id(self) -> str | None:
        """As answers of the API named it; None if none did."""
        return self._state.id

    def page(self, operation: Operation, pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
        """The page that answers a query string.

        Raises:
            ArchiveCoverageError: the archive does not keep what was asked for.
            LookbackExceededError: the range begins before what it keeps.
            ArchiveDamagedError: a file is missing, or not as it was written.
        """
        asked = AskedBuckets.of(operation, pairs)
        kept = covering_table(asked, self._tables(), settled=self.settled, organization=self.organization)
        buckets = KeptBuckets.of(kept, asked, settled=self.settled, now=self.clock())
        self._note(buckets)
        spans = buckets.spans()
        shown, following = spans[: asked.limit], spans[asked.limit :]
        return {
            "object": "page",
            "data": self._buckets(kept, asked, shown) if shown else [],
            "has_more": bool(following),
            "next_page": cursor_at(following[0][0]) if following else None,
        }

    @property
    def _state(self) -> OrganizationState:
        return self.manifest.organizations[self.organization]

    def _note(self, buckets: KeptBuckets) -> None:
        """Keep what is to be said of answers."""
        self.used[buckets.kept.table.name] = buckets.kept
        cut = buckets.cut_at
        if cut is not None:
            self.cut_at = cut if self.cut_at is None else min(cut, self.cut_at)
        self.gaps += [gap for gap in buckets.gaps if gap not in self.gaps]

    def _tables(self) -> list[KeptTable]:
        states = self._state.tables
        names = [name for name in self.manifest.tables if name in states]
        return [KeptTable(self.manifest.table(name), states[name]) for name in names]

    def _buckets(
        self, kept: KeptTable, asked: AskedBuckets, spans: Sequence[tuple[int, int]]
    ) -> list[dict[str, object]]:
        rows = self._rows(kept, asked, spans)
        grouping = Grouping(
            operation=asked.operation,
            group_by=asked.group_by,
            filters=asked.filters,
            is_wider=kept.table.seconds < asked.seconds,
            is_own=kept.table.seconds == asked.seconds and set(asked.group_by) == set(kept.table.group_by),
        )
        results = grouping.results(rows)
        in_texts = _START_TEXT in rows.column_names and rows.column(_START_TEXT).null_count < len(rows)
        return [_bucket(start, end, results.get(start, []), in_texts=in_texts) for start, end in spans]

    def _rows(self, kept: KeptTable, asked: AskedBuckets, spans: Sequence[tuple[int, int]]) -> ArrowTable:
        """The rows of the buckets `spans`, each with the start of its bucket."""
        pa, compute = require("pyarrow"), require("pyarrow.compute")
        first, last = spans[0][0], spans[-1][1]
        months = list(months_between(month_of(first // asked.seconds * asked.seconds), month_of(last - 1)))
        parts = [self._months.rows(kept, month) for month in months if month in kept.state.months]
        rows = pa.concat_tables(parts) if parts else file_schema(asked.operation).empty_table()
        seconds = compute.divide(rows.column(START).cast(pa.int64()), 1_000_000)
        width = asked.seconds
        floor = compute.multiply(compute.divide(seconds, width), width)
        starts = pa.array([start for start, _ in spans], pa.int64())
        begun = pa.array([start // width * width for start, _ in spans], pa.int64())
        place = compute.index_in(floor, value_set=begun)
        inside = compute.and_kleene(compute.is_valid(place), compute.greater_equal(seconds, first))
        inside = compute.and_kleene(inside, compute.less(seconds, last))
        return rows.append_column(BUCKET, starts.take(place.combine_chunks())).filter(inside)


def _bucket(start: int, end: int, results: list[Result], *, in_texts: bool) -> dict[str, object]:
    texts = {_START_TEXT: _text(start), _END_TEXT: _text(end)} if in_texts else {}
    return {"object": "bucket", "start_time": start, "end_time": end, **texts, "results": results}


def _text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


__all__ = ["ArchiveAnswers"]
